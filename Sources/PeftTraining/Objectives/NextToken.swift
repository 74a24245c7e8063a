import ModelGraph
import TunerKit

/// Every token predicts the next one.
struct NextToken: TokenObjective {
  static let task: TaskType? = .causalLanguageModel
  let name = "a causal language model"
  let smoothing: Double
  let vocabularySize: Int?

  static func isFor(_ model: ModelAnswers) -> Bool { model.isCausal && !model.hasDecoder }

  var loss: any OutputLoss {
    CrossEntropy(CrossEntropy.Settings(shift: 1, smoothing: smoothing))
  }

  var labels: any Labels { TextLabels() }
}

extension TrainingObjective {
  /// Every token predicts the next one.
  public static func nextToken(smoothing: Double = 0) -> Self {
    Self(NextToken(smoothing: smoothing, vocabularySize: nil))
  }
}
