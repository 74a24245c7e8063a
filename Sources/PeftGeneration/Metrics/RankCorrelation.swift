/// Spearman's rank correlation. Ranks are known only in the end, so all numbers are kept.
public struct RankCorrelation: Hashable, Sendable {
  private var truths: [Double] = []
  private var predictions: [Double] = []

  public init() {}

  public var count: Int { truths.count }

  /// Keeps one number.
  public mutating func add(truth: Double, prediction: Double) {
    truths.append(truth)
    predictions.append(prediction)
  }

  public static func += (a: inout RankCorrelation, b: RankCorrelation) {
    a.truths += b.truths
    a.predictions += b.predictions
  }

  /// Pearson's correlation of the ranks, equal numbers sharing the mean of theirs. NaN where the true or
  /// the predicted numbers are all the same, or one is NaN.
  /// - Complexity: O(n log n).
  public var spearman: Double {
    guard !truths.contains(where: \.isNaN), !predictions.contains(where: \.isNaN) else {
      return .nan
    }
    var sums = RegressionSums()
    for (truth, prediction) in zip(Self.ranks(of: truths), Self.ranks(of: predictions)) {
      sums.add(truth: truth, prediction: prediction)
    }
    return sums.pearson
  }

  private static func ranks(of values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = Array(repeating: 0.0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
      start = end
    }
    return ranks
  }
}
