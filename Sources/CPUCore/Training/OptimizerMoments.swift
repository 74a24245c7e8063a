/// Memory for what an optimizer remembers: for each parameter one or more rows as long as it is.
final class OptimizerMoments {
  private let start: UnsafeMutablePointer<Float>
  private let counts: [Int]
  private let offsets: [Int]

  /// Rows of zeros.
  init(perParameter rows: Int, counts: [Int]) {
    var total = 0
    var offsets: [Int] = []
    for count in counts {
      offsets.append(total)
      total += rows * count
    }
    self.counts = counts
    self.offsets = offsets
    start = .allocate(capacity: max(1, total))
    start.initialize(repeating: 0, count: max(1, total))
  }

  deinit { start.deallocate() }

  /// The row of that kind of a parameter.
  subscript(parameter: Int, kind: Int) -> UnsafeMutablePointer<Float> {
    start + offsets[parameter] + kind * counts[parameter]
  }
}
