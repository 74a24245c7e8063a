import PeftAdapters
public import PeftTensors

/// One micro-batch.
public struct TrainingBatch: Sendable {
  /// What the model reads, and the labels.
  public let inputs: [String: Tensor]
  /// What a mean loss is the mean over.
  public let countedEntries: Int
  public let tokenCount: Int

  public init(inputs: [String: Tensor], countedEntries: Int, tokenCount: Int) {
    self.inputs = inputs
    self.countedEntries = countedEntries
    self.tokenCount = tokenCount
  }
}
