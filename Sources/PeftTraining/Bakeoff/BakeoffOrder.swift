/// Which run of a contestant is trained next, and how far: it follows from what the runs before it came to, so that a
/// bake-off that was stopped goes on the same way.
struct BakeoffOrder {
  struct Task: Hashable {
    /// The place of the learning rate among those of the search.
    let rate: Int
    let seed: Int
    /// The last step is that of a rung.
    let rung: Int
  }

  enum Outcome: Hashable {
    /// The rung was not reached yet.
    case pending
    case failed
    /// It was reached, and nothing could be measured: no evaluation was finite, or there was none.
    case unvalued
    /// The best value of the metric so far.
    case value(Double)
  }

  let rateCount: Int
  let seedCount: Int
  /// Whether one value of the metric is better than another.
  let isBetter: (Double, Double) -> Bool

  private static let last = BakeoffSearch.rungs.count - 1

  /// What is to be done next; nil where all is done.
  func next(_ outcome: (Task) -> Outcome) -> Task? {
    switch search(outcome) {
    case .unfinished(let task): task
    case .nothing: nil
    case .found(let rate):
      (1..<max(1, seedCount)).lazy.map { Task(rate: rate, seed: $0, rung: Self.last) }
        .first { outcome($0) == .pending }
    }
  }

  /// The learning rate that was best; nil where that is not known yet, or where all have failed.
  func best(_ outcome: (Task) -> Outcome) -> Int? {
    guard case .found(let rate) = search(outcome) else { return nil }
    return rate
  }

  private enum Found {
    case unfinished(Task)
    case found(Int)
    case nothing
  }

  private func search(_ outcome: (Task) -> Outcome) -> Found {
    var rates = Array(0..<rateCount)
    for rung in 0...Self.last where rung == Self.last || rates.count > 1 {
      let tasks = rates.map { Task(rate: $0, seed: 0, rung: rung) }
      if let task = tasks.first(where: { outcome($0) == .pending }) { return .unfinished(task) }
      let kept = rung == Self.last ? 1 : (rates.count + 1) / 2
      rates = Array(ranked(tasks, outcome).prefix(kept).map(\.rate)).sorted()
    }
    return rates.first.map(Found.found) ?? .nothing
  }

  /// Those that have not failed, the best first; the lower learning rate of two that are as good.
  private func ranked(_ tasks: [Task], _ outcome: (Task) -> Outcome) -> [Task] {
    tasks.filter { outcome($0) != .failed }.sorted { first, second in
      switch (outcome(first), outcome(second)) {
      case (.value(let one), .value(let other)) where one != other: isBetter(one, other)
      case (.value, .unvalued): true
      case (.unvalued, .value): false
      default: first.rate < second.rate
      }
    }
  }
}
