import ModelGraph

/// Every token predicts the next one.
struct NextToken: Objective {
  static let smoothsLabels = true
  let name = "a causal language model"
  let predictsTokens = true
  let smoothing: Double
  let vocabularySize: Int?

  init(smoothing: Double, vocabularySize: Int? = nil) {
    self.smoothing = smoothing
    self.vocabularySize = vocabularySize
  }

  init?(_ model: ModelAnswers) {
    guard let width = model.tokenWidth, model.isCausal, !model.hasDecoder else { return nil }
    self.init(smoothing: model.smoothing, vocabularySize: width)
  }

  var loss: any OutputLoss {
    CrossEntropy(CrossEntropy.Settings(shift: 1, smoothing: smoothing))
  }

  var labels: any Labels { TextLabels() }
}

extension TrainingObjective {
  /// Every token predicts the next one.
  public static func nextToken(smoothing: Double = 0) -> Self {
    Self(NextToken(smoothing: smoothing))
  }
}
