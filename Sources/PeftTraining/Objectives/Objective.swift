import ModelGraph
import TunerKit

/// What a model is trained for: one type in one file, and one line in `Objectives`.
protocol Objective: Sendable {
  /// What selects it in a recipe, where a model's outputs alone do not tell; nil where they do.
  static var problemType: TrainingRecipe.ProblemType? { get }
  /// Whether label smoothing applies.
  static var smoothsLabels: Bool { get }

  /// The task that PEFT has for models with tokens as inputs that are trained for this; nil where it has none.
  static var task: TaskType? { get }

  /// Nil where a model's outputs are for something else.
  init?(_ model: ModelAnswers)

  /// What messages call it: `a regression`.
  var name: String { get }
  /// The output of the model that is measured.
  var measuredOutput: String { get }
  /// The loss. Where it counts correct predictions, the accuracy is reported, too.
  var loss: any OutputLoss { get }
  var labels: any Labels { get }
  /// How predictions are scored; nil where the loss alone says how good they are.
  var scorer: (any Scorer)? { get }
  /// What predictions are made with; nil where outputs are none.
  func predictor(_ choices: PredictionChoices) -> (any Predictor)?
  /// How far probabilities of a row are from those of another model, of the second as seen from the first; nil where
  /// outputs are none.
  var divergence: (([Double], [Double]) -> Double)? { get }
  /// Whether tokens are predicted, so that perplexity is reported, too.
  var predictsTokens: Bool { get }
  /// The size of the vocabulary that labels are from, where they are tokens and the model is known.
  var vocabularySize: Int? { get }
}

extension Objective {
  static var problemType: TrainingRecipe.ProblemType? { nil }
  static var smoothsLabels: Bool { false }
  static var task: TaskType? { nil }
  var measuredOutput: String { ModelAnswers.usualOutput }
  var scorer: (any Scorer)? { nil }
  func predictor(_ choices: PredictionChoices) -> (any Predictor)? { nil }
  var divergence: (([Double], [Double]) -> Double)? { nil }
  var predictsTokens: Bool { false }
  var vocabularySize: Int? { nil }
}

/// The objectives. Of those that a model can be trained for, the first one counts.
enum Objectives {
  static let all: [any Objective.Type] = [
    Contrastive.self, NextToken.self, DecoderAnswer.self, EveryToken.self, Classification.self,
    MultiLabelClassification.self, Regression.self,
  ]
}
