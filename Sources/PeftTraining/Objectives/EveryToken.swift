import ModelGraph

/// Every place has a label of its own: tokens that are masked in the text, for example.
struct EveryToken: Objective {
  static let smoothsLabels = true
  let name = "a masked language model"
  let predictsTokens = true
  let smoothing: Double
  let vocabularySize: Int?

  init(smoothing: Double, vocabularySize: Int? = nil) {
    self.smoothing = smoothing
    self.vocabularySize = vocabularySize
  }

  init?(_ model: ModelAnswers) {
    guard let width = model.tokenWidth, !model.isCausal, !model.hasDecoder else { return nil }
    self.init(smoothing: model.smoothing, vocabularySize: width)
  }

  var loss: any OutputLoss { CrossEntropy(CrossEntropy.Settings(smoothing: smoothing)) }

  var labels: any Labels { AnswerLabels(areDecoded: false) }
}

extension TrainingObjective {
  /// Every place has a label of its own.
  public static func everyToken(smoothing: Double = 0) -> Self {
    Self(EveryToken(smoothing: smoothing))
  }
}
