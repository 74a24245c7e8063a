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
  /// Epochs over the training data that are made, with a fraction.
  public let epoch: Double

  public var examplesPerSecond: Double { Double(exampleCount) / max(1e-9, seconds) }
  public var tokensPerSecond: Double { Double(tokenCount) / max(1e-9, seconds) }
}

/// How well the adapter did on the evaluation data after a step.
public struct EvaluationRecord: Hashable, Sendable {
  public let step: Int
  public let measurement: Measurement
  /// Only where tokens are predicted.
  public let perplexity: Double?
  /// The mean F1 of all classes, or labels; only where these are predicted.
  public let f1: Double?
  /// Whether no evaluation before it was better, by the recipe's metric.
  public let isBest: Bool
  /// Evaluations in a row, up to this one, that were no improvement; 0 for one that is.
  public let countWithoutImprovement: Int
  /// Epochs over the training data that are made, with a fraction.
  public let epoch: Double
}

/// What happens in a run.
public enum TrainingEvent: Sendable {
  case step(StepRecord)
  case evaluated(EvaluationRecord)
  /// The test data were measured, at the end of the run.
  case tested(EvaluationRecord)
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
  /// How well the best adapter does on the test data; nil without such data, or where the run is not at its end.
  public let test: EvaluationRecord?
  /// Seconds that the steps took, those before a run was resumed included.
  public let seconds: Double
  /// Why it ended before its last step; nil where it was asked to, or did not.
  public let earlyStop: EarlyStop?
  /// Whether there is nothing left to train.
  public var isFinished: Bool { steps >= totalSteps || earlyStop != nil }
}
