import OrderedCollections
import PeftAdapters
import PeftBasics
import PeftGeneration
import PeftReports

/// What a run's evaluations have come to: which was best, and how many there were since an improvement.
struct EvaluationProgress: Hashable {
  struct Best: Hashable {
    /// Nil in the state of a run that did not record it.
    var step: Int?
    var value: Double
  }

  private(set) var best: Best?
  /// Evaluations in a row, up to the last one, that were no improvement.
  private(set) var withoutImprovement = 0

  init() {}

  /// Counts an evaluation, as transformers' Trainer does: the best is the best, by however little; an
  /// improvement is better than the best before it by more than the threshold.
  /// - Parameter value: Of the rule's metric; nil, inf or NaN is no improvement.
  /// - Returns: Whether it is the best so far.
  mutating func note(_ value: Double?, step: Int, by rule: EarlyStopping) -> Bool {
    guard let value, value.isFinite else {
      withoutImprovement += 1
      return false
    }
    guard let before = best?.value else {
      best = Best(step: step, value: value)
      withoutImprovement = 0
      return true
    }
    let isBest = rule.metric.isBetter(value, than: before)
    let isImprovement = isBest && abs(value - before) > rule.threshold
    withoutImprovement = isImprovement ? 0 : withoutImprovement + 1
    if isBest { best = Best(step: step, value: value) }
    return isBest
  }

  /// Why the run ends after a step; nil where it goes on.
  func stop(after step: Int, by rule: EarlyStopping?) -> EarlyStop? {
    guard let rule, withoutImprovement >= rule.patience else { return nil }
    return EarlyStop(
      step: step, metric: rule.metric, evaluationCount: withoutImprovement, bestStep: best?.step,
      best: best?.value)
  }
}

/// Why a run ended before its last step: its evaluations did not get better.
public struct EarlyStop: Hashable, Sendable {
  /// The step after which it ended.
  public let step: Int
  public let metric: EarlyStopping.Metric
  /// Evaluations in a row without an improvement.
  public let evaluationCount: Int
  /// The step of the best evaluation; nil where none was finite, or where an old state does not say.
  public let bestStep: Int?
  /// The metric of the best evaluation; nil where none was finite.
  public let best: Double?

  /// `eval loss has not improved in 3 evaluations`.
  package var reason: String {
    "eval \(metric.rawValue) has not improved in \(evaluationCount.counted("evaluation"))"
  }
}

extension EvaluationResult {
  /// What evaluations are compared by; nil where it is not measured.
  func value(of metric: EarlyStopping.Metric) -> Double? {
    switch metric {
    case .loss: measurement.loss
    case .accuracy: measurement.accuracy
    case .f1: macroF1
    }
  }
}

// MARK: - In a state

extension EvaluationProgress {
  var json: OrderedDictionary<String, JSONValue> {
    var members: OrderedDictionary<String, JSONValue> = [:]
    if let best {
      members["best"] = .number(best.value)
      if let step = best.step { members["bestStep"] = .integer(step) }
    }
    members["withoutImprovement"] = .integer(withoutImprovement)
    return members
  }

  /// States of former releases have the lowest loss alone.
  /// - Throws: `JSONValue.WrongMember`.
  init(_ json: JSONValue) throws {
    let value = try json.optional("best", \.double) ?? json.optional("bestLoss", \.double)
    best = try value.map { Best(step: try json.optional("bestStep", \.integer), value: $0) }
    withoutImprovement = try json.optional("withoutImprovement", \.integer) ?? 0
  }

  /// Whether a state can have it.
  var isPossible: Bool { withoutImprovement >= 0 && (best?.step ?? 1) > 0 }
}
