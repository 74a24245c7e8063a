import PeftBasics
package import PeftReports

/// How good predictions are, whatever is predicted.
public enum Scores: Hashable, Sendable {
  /// Classes, or any number of labels.
  case classes(ClassificationReport)
  /// Numbers, a report for each output of the model.
  case numbers([RegressionReport])

  /// What models are compared by, the most telling first.
  public var measures: [Measure] {
    switch self {
    case .classes(let report): report.measures
    case .numbers(let outputs): Measure.means(of: outputs.map(\.measures))
    }
  }

  /// The mean F1 of all classes; nil for numbers.
  public var macroF1: Double? {
    if case .classes(let report) = self { report.macro.f1 } else { nil }
  }

  /// Nil for numbers.
  public var classes: ClassificationReport? {
    if case .classes(let report) = self { report } else { nil }
  }

  /// Every value, unrounded; null for NaN.
  package var record: Record {
    switch self {
    case .classes(let report): return report.record
    case .numbers(let outputs):
      guard outputs.count != 1 else { return outputs[0].record }
      var record = Record(uniqueKeysWithValues: measures.map { ($0.key, .score($0.value)) })
      record["outputs"] = .list(outputs.map { .map($0.record) })
      return record
    }
  }
}

/// One number that says how good a model is.
public struct Measure: Hashable, Sendable {
  /// What records call it: `f1_macro`.
  public let key: String
  /// What people call it: `F1 macro`.
  public let title: String
  public let value: Double

  public init(_ key: String, _ title: String, _ value: Double) {
    self.key = key
    self.title = title
    self.value = value
  }

  /// The mean of each of them over several outputs.
  fileprivate static func means(of outputs: [[Measure]]) -> [Measure] {
    (outputs.first ?? []).indices.map { index in
      let first = outputs[0][index]
      let sum = outputs.reduce(0) { $0 + $1[index].value }
      return Measure(first.key, first.title, sum / Double(outputs.count))
    }
  }
}

extension ClassificationReport {
  /// What models are compared by.
  public var measures: [Measure] {
    let averages = [
      Measure("f1_macro", "F1 macro", macro.f1), Measure("f1_micro", "F1 micro", micro.f1),
    ]
    guard let confusion else {
      return [Measure("subset_accuracy", "all labels right", accuracy)] + averages
    }
    return [
      Measure("accuracy", "accuracy", accuracy),
      Measure("balanced_accuracy", "balanced accuracy", confusion.balancedAccuracy),
    ] + averages + [
      Measure(
        "matthews_correlation", "Matthews correlation", confusion.matthewsCorrelation)
    ]
  }
}

extension RegressionReport {
  /// What models are compared by.
  public var measures: [Measure] {
    [
      Measure("mean_squared_error", "mean squared error", sums.meanSquaredError),
      Measure("mean_absolute_error", "mean absolute error", sums.meanAbsoluteError),
      Measure("r2", "R²", sums.r2), Measure("pearson", "Pearson", sums.pearson),
    ] + (spearman.map { [Measure("spearman", "Spearman", $0)] } ?? [])
  }
}
