import PeftAdapters
public import PeftTensors

/// One micro-batch.
public struct TrainingBatch: Sendable {
  /// What the model reads, and the labels.
  public let inputs: [String: Tensor]
  /// How many entries the mean loss is over.
  public let countedEntries: Int
  public let tokenCount: Int

  public init(inputs: [String: Tensor], countedEntries: Int, tokenCount: Int) {
    self.inputs = inputs
    self.countedEntries = countedEntries
    self.tokenCount = tokenCount
  }
}

/// Makes a batch of examples.
struct BatchBuilder {
  private let labels: any Labels
  private let length: Int
  private let tokens: TokenSettings
  private var rows: PaddedRows
  private var rowLabels: [Example.Label] = []

  init(_ labels: any Labels, length: Int, tokens: TokenSettings) {
    self.labels = labels
    self.length = length
    self.tokens = tokens
    rows = PaddedRows(length: length, padding: tokens.padding)
  }

  var count: Int { rows.count }

  /// Whether the example was truncated.
  mutating func append(_ example: Example) -> Bool {
    rows.append(example.tokens, segments: example.segments)
    rowLabels.append(example.label)
    return max(example.tokens.count, example.label.tokens.count) > length
  }

  var batch: TrainingBatch {
    let made = labels.inputs(of: rowLabels, length: length, tokens: tokens)
    return TrainingBatch(
      inputs: rows.inputs.merging(made.tensors) { $1 }, countedEntries: made.countedEntries,
      tokenCount: rows.tokenCount)
  }
}
