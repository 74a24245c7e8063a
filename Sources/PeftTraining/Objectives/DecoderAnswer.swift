import ModelGraph

/// A decoder answers the text that the encoder reads, token by token.
struct DecoderAnswer: Objective {
  static let smoothsLabels = true
  let name = "a sequence-to-sequence model"
  let predictsTokens = true
  let smoothing: Double
  let vocabularySize: Int?

  init(smoothing: Double, vocabularySize: Int? = nil) {
    self.smoothing = smoothing
    self.vocabularySize = vocabularySize
  }

  init?(_ model: ModelAnswers) {
    guard let width = model.tokenWidth, model.hasDecoder else { return nil }
    self.init(smoothing: model.smoothing, vocabularySize: width)
  }

  var loss: any OutputLoss { CrossEntropy(CrossEntropy.Settings(smoothing: smoothing)) }

  var labels: any Labels { AnswerLabels(areDecoded: true) }
}

extension TrainingObjective {
  /// A decoder answers the text that the encoder reads.
  public static func decoderAnswer(smoothing: Double = 0) -> Self {
    Self(DecoderAnswer(smoothing: smoothing))
  }
}
