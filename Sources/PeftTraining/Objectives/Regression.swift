import ModelGraph
import TunerKit

/// Every row has values to predict.
struct Regression: Objective {
  static let problemType: TrainingRecipe.ProblemType? = .regression
  static let task: TaskType? = .sequenceClassification
  let name = "a regression"
  let count: Int

  init(count: Int) { self.count = count }

  /// A single output is a regression by default.
  init?(_ model: ModelAnswers) {
    guard let width = model.rowWidth, model.problemType.map({ $0 == .regression }) ?? (width == 1)
    else { return nil }
    self.init(count: width)
  }

  var scorer: (any Scorer)? { NumberScorer(count: count) }

  func predictor(_ choices: PredictionChoices) -> (any Predictor)? { NumberPredictor(count: count) }

  var loss: any OutputLoss { SquaredError() }

  var labels: any Labels {
    RowLabels(count: count, areClasses: false, range: LabelRange("finite numbers", \.isFinite))
  }
}

extension TrainingObjective {
  /// Every row has values to predict.
  public static func regression(count: Int) -> Self { Self(Regression(count: count)) }
}

extension TrainingRecipe.ProblemType {
  /// Every row has values to predict.
  public static let regression = Self("regression")
}
