import ModelGraph
import TunerKit

/// Every row has any number of the labels.
struct MultiLabelClassification: Objective {
  static let problemType: TrainingRecipe.ProblemType? = .multiLabel
  static let task: TaskType? = .sequenceClassification
  let name = "a multi-label classification"
  let count: Int
  var names: [String]?

  init(count: Int) { self.count = count }

  init?(_ model: ModelAnswers) {
    guard let width = model.rowWidth, model.problemType == .multiLabel else { return nil }
    self.init(count: width)
    names = model.labelNames(count: width)
  }

  var scorer: (any Scorer)? { LabelScorer(count: count, names: names) }

  func predictor(_ choices: PredictionChoices) -> (any Predictor)? {
    LabelPredictor(
      names: .distinct(names, count: count), top: choices.top ?? 1, threshold: choices.threshold)
  }

  var divergence: (([Double], [Double]) -> Double)? { KullbackLeibler.ofLabels(_:from:) }

  var loss: any OutputLoss { BinaryCrossEntropy() }

  var labels: any Labels {
    RowLabels(
      count: count, areClasses: false, names: names.map(LabelNames.init),
      range: LabelRange("from 0 to 1") { 0...1 ~= $0 })
  }
}

extension TrainingObjective {
  /// Every row has any number of the labels.
  public static func multiLabel(count: Int) -> Self {
    Self(MultiLabelClassification(count: count))
  }
}

extension TrainingRecipe.ProblemType {
  /// Every row has any number of the labels.
  public static let multiLabel = Self("multi_label_classification")
}
