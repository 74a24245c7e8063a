import ModelGraph

/// A decoder answers the text that the encoder reads, token by token.
struct DecoderAnswer: TokenObjective {
  let name = "a sequence-to-sequence model"
  let smoothing: Double
  let vocabularySize: Int?

  static func isFor(_ model: ModelAnswers) -> Bool { model.hasDecoder }

  var loss: any OutputLoss { CrossEntropy(CrossEntropy.Settings(smoothing: smoothing)) }

  var labels: any Labels { AnswerLabels(areDecoded: true) }
}

extension TrainingObjective {
  /// A decoder answers the text that the encoder reads.
  public static func decoderAnswer(smoothing: Double = 0) -> Self {
    Self(DecoderAnswer(smoothing: smoothing, vocabularySize: nil))
  }
}
