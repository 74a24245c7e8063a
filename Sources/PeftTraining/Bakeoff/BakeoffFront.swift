/// What contestants of a bake-off can be compared by.
public enum BakeoffColumn: String, CaseIterable, Sendable {
  case trained, file, memory, step, loss, accuracy, forgetting

  /// In a sentence.
  var words: String {
    switch self {
    case .trained: "trained parameters"
    case .file: "file"
    case .memory: "memory"
    case .step: "time per step"
    case .loss: "loss"
    case .accuracy: "accuracy"
    case .forgetting: "forgetting"
    }
  }
}

extension BakeoffResults {
  /// The contestants that no other one equals or beats in all columns, and beats in one: the Pareto front. One that
  /// lacks a value is not among them.
  public func front(of columns: [BakeoffColumn]) -> [BakeoffResult] {
    Self.front(of: results.map { result in columns.map(result.cost) }).map { results[$0] }
  }

  /// The places of rows on the front, of costs that are to be low.
  static func front(of rows: [[Double?]]) -> [Int] {
    let known = rows.indices.filter { !rows[$0].contains(nil) }
    func costs(_ row: Int) -> [Double] { rows[row].compactMap { $0 } }
    return known.filter { row in
      !known.contains { other in
        let pairs = zip(costs(other), costs(row))
        return pairs.allSatisfy { $0 <= $1 } && pairs.contains { $0 < $1 }
      }
    }
  }

  /// `on the front of trained parameters and loss: lora, randlora-r8`.
  func sentence(aboutFrontOf columns: [BakeoffColumn]) -> String {
    let names = front(of: columns).map(\.contestant.name).joined(separator: ", ")
    let words = columns.map(\.words).joined(separator: " and ")
    return "on the front of \(words): \(names.isEmpty ? "none, for want of values" : names)"
  }
}

extension BakeoffResult {
  /// A column's value, with its spread over the seeds where it has one; nil where it was not measured.
  func spread(of column: BakeoffColumn) -> Spread? {
    switch column {
    case .trained: Spread([Double(contestant.budget.trainableParameters)])
    case .file: Spread([adapterBytes.map(Double.init)])
    case .memory: Spread([plannedBytes.map(Double.init)])
    case .step: Spread([secondsPerStep])
    case .loss: losses
    case .accuracy: accuracies
    case .forgetting: forgetting
    }
  }

  /// The same, so that less is better.
  fileprivate func cost(_ column: BakeoffColumn) -> Double? {
    spread(of: column).map { column == .accuracy ? -$0.mean : $0.mean }
  }
}
