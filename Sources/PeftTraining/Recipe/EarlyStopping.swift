import PeftBasics
public import TunerKit

/// When a run ends before its last step: after evaluations in a row that were no improvement.
///
/// An improvement is better than the best evaluation before it by more than `threshold`, as in
/// transformers' `EarlyStoppingCallback`. Which evaluation is best follows from the same metric, without
/// the threshold.
public struct EarlyStopping: Hashable, Sendable {
  /// Evaluations in a row without an improvement, at which the run ends.
  public var patience: Int
  public var metric: Metric
  /// By how much an improvement has to be better.
  public var threshold: Double

  public init(patience: Int = 3, metric: Metric = .loss, threshold: Double = 0) {
    self.patience = patience
    self.metric = metric
    self.threshold = threshold
  }

  /// What evaluations are compared by.
  public enum Metric: String, Hashable, Sendable, CaseIterable {
    case loss
    case accuracy
    /// The mean of the F1 of all classes.
    case f1

    /// Whether a value is better than another one. NaN is not better than anything.
    public func isBetter(_ value: Double, than other: Double) -> Bool {
      switch self {
      case .loss: value < other
      case .accuracy, .f1: value > other
      }
    }

    /// A value as it is shown: `1.8773`, `60.6 %`.
    package func text(of value: Double) -> String {
      switch self {
      case .loss: value.fixed(4)
      case .accuracy, .f1: "\((100 * value).fixed(1)) %"
      }
    }
  }
}

extension EarlyStopping.Metric: ConfigurationChoice {}

extension EarlyStopping {
  static let section = RecipeSection<EarlyStopping>(
    "early_stopping",
    [
      ConfigurationField(
        "patience", \.patience,
        "Evaluations in a row without an improvement, after which the run ends.",
        rule: .atLeast(1)),
      ConfigurationField(
        "metric", \.metric,
        "What evaluations are compared by, also to find the best adapter: loss, or accuracy or f1 where labels are classes."
      ),
      ConfigurationField(
        "threshold", \.threshold,
        "By how much an improvement has to be better than the best before it.",
        rule: .finite(from: 0)),
    ])

  /// How it is written, for messages.
  static let example = "{patience: 3, metric: loss}"
}
