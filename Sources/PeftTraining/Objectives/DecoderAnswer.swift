import ModelGraph
import TunerKit

/// Sequence to sequence: a decoder predicts the target text, token by token.
struct DecoderAnswer: TokenObjective {
  static let task: TaskType? = .sequenceToSequence
  let name = "a sequence-to-sequence model"
  let smoothing: Double
  let vocabularySize: Int?

  static func isFor(_ model: ModelAnswers) -> Bool { model.hasDecoder }

  var loss: any OutputLoss { CrossEntropy(CrossEntropy.Settings(smoothing: smoothing)) }

  var labels: any Labels { AnswerLabels(areDecoded: true) }
}

extension TrainingObjective {
  /// Sequence to sequence: a decoder predicts the target text.
  public static func decoderAnswer(smoothing: Double = 0) -> Self {
    Self(DecoderAnswer(smoothing: smoothing, vocabularySize: nil))
  }
}
