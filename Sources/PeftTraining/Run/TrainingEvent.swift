public import PeftGeneration

/// A step that was made.
public struct StepRecord: Hashable, Sendable {
  /// Counted from 1.
  public let step: Int
  public let loss: Double
  public let learningRate: Double
  /// Before clipping.
  public let gradientNorm: Double
  public let tokensPerSecond: Double
}

/// How well the adapter did on the evaluation data after a step.
public struct EvaluationRecord: Hashable, Sendable {
  public let step: Int
  public let measurement: Measurement
  /// Only where tokens are predicted.
  public let perplexity: Double?
  /// Whether no evaluation before it was better.
  public let isBest: Bool
}

/// What happens in a run.
public enum TrainingEvent: Sendable {
  case step(StepRecord)
  case evaluated(EvaluationRecord)
  /// The state after that step is on the disk.
  case saved(step: Int)
}

/// How a run ended.
public struct TrainingSummary: Hashable, Sendable {
  public let steps: Int
  public let totalSteps: Int
  /// The last loss.
  public let loss: Double?
  public let lastEvaluation: EvaluationRecord?
  /// Seconds that the steps took, those before a run was resumed included.
  public let seconds: Double
  public var isFinished: Bool { steps >= totalSteps }
}
