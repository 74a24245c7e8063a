public import PeftGeneration

/// A step that was made.
public struct StepRecord: Hashable, Sendable {
  /// Counted from 1.
  public let step: Int
  public let loss: Double
  public let learningRate: Double
  /// Before clipping.
  public let gradientNorm: Double
  /// What the step took, reading its rows included.
  public let seconds: Double
  /// Rows of all its batches.
  public let exampleCount: Int
  /// Tokens of these, padding left out; 0 where a model reads none.
  public let tokenCount: Int

  public var examplesPerSecond: Double { Double(exampleCount) / max(1e-9, seconds) }
  public var tokensPerSecond: Double { Double(tokenCount) / max(1e-9, seconds) }
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
