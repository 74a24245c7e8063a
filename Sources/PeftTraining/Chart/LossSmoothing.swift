extension [LossChart.Point] {
  /// With more points than this a smoothed line is drawn.
  private static var fewest: Int { 80 }

  /// Means over a window of a thirtieth of the points; nil where the points are few.
  ///
  /// Where losses fall fast, at the start, the window is narrower, and as far ahead as back. At the
  /// end it looks back alone, so that the last mean is one of many losses.
  var smoothed: [LossChart.Point]? {
    guard count > Self.fewest else { return nil }
    let reach = count / 60
    var sums = [0.0]
    sums.reserveCapacity(count + 1)
    for point in self { sums.append(sums[sums.count - 1] + point.loss) }
    return indices.map { index in
      let first = index - Swift.min(reach, index)
      let end = Swift.min(index + (index - first), count - 1) + 1
      let mean = (sums[end] - sums[first]) / Double(end - first)
      return LossChart.Point(step: self[index].step, loss: mean)
    }
  }

  /// The points without the highest and the lowest percent, so that outliers do not set the scale.
  var usual: [LossChart.Point] {
    guard count > Self.fewest else { return self }
    let losses = map(\.loss).sorted()
    let (low, high) = (losses[count / 100], losses[count - 1 - count / 100])
    return filter { low...high ~= $0.loss }
  }
}
