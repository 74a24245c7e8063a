/// The mean loss of a run's last steps, for its progress lines: the loss of a single batch says little.
struct RecentLoss {
  /// Steps that the mean is over at most.
  private let limit: Int
  private var losses: [Double] = []
  /// The mean that was shown last.
  private var shown: Double?

  init(limit: Int) { self.limit = limit }

  mutating func add(_ loss: Double) {
    if losses.count == limit { losses.removeFirst() }
    losses.append(loss)
  }

  /// The mean over the steps that were added, the last ones if there are more than the limit.
  mutating func mean() -> Double {
    let mean = losses.reduce(0, +) / Double(max(1, losses.count))
    shown = mean
    return mean
  }

  /// The mean over the steps since the last line, or what that had where there are none.
  var last: Double? {
    losses.isEmpty ? shown : losses.reduce(0, +) / Double(losses.count)
  }

  /// Begins anew, for the next line.
  mutating func clear() { losses.removeAll(keepingCapacity: true) }
}
