import ModelGraph

/// Every position has a label of its own, as in masked language modelling.
struct EveryToken: TokenObjective {
  let name = "a masked language model"
  let smoothing: Double
  let vocabularySize: Int?

  static func isFor(_ model: ModelAnswers) -> Bool { !model.isCausal && !model.hasDecoder }

  func predictor(_ choices: PredictionChoices) -> (any Predictor)? {
    vocabularySize.map { MaskPredictor(choices, vocabularySize: $0) }
  }

  var loss: any OutputLoss { CrossEntropy(CrossEntropy.Settings(smoothing: smoothing)) }

  var labels: any Labels { AnswerLabels(areDecoded: false) }
}

extension TrainingObjective {
  /// Every position has a label of its own.
  public static func everyToken(smoothing: Double = 0) -> Self {
    Self(EveryToken(smoothing: smoothing, vocabularySize: nil))
  }
}
