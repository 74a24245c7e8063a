import ModelGraph
import PeftAdapters
public import PeftTensors

/// One micro-batch.
public struct TrainingBatch: Sendable {
  /// What the model reads, and the labels.
  public let inputs: [String: Tensor]
  /// How many entries the mean loss is over.
  public let countedEntries: Int
  public let tokenCount: Int
  /// The length of its rows with full padding, where they may have less: what dropout drops does not depend on
  /// the padding then. Nil for rows that are as long as they are.
  public let fullLength: Int?
  /// Bytes of the text whose tokens count; nil where that is not known, or it is no text.
  public let byteCount: Int?

  public init(
    inputs: [String: Tensor], countedEntries: Int, tokenCount: Int, fullLength: Int? = nil,
    byteCount: Int? = nil
  ) {
    self.inputs = inputs
    self.countedEntries = countedEntries
    self.tokenCount = tokenCount
    self.fullLength = fullLength
    self.byteCount = byteCount
  }

  var rowCount: Int { inputs.values.first { !$0.shape.isEmpty }?.shape[0] ?? 0 }
}

/// Makes a batch of examples.
struct BatchBuilder {
  let labels: any Labels
  let tokens: TokenSettings
  let padding: PaddingStrategy
  /// Tokens of a full sequence, to which rows are truncated.
  let fullLength: Int
  private var examples: [Example] = []

  init(_ labels: any Labels, tokens: TokenSettings, padding: PaddingStrategy, fullLength: Int) {
    self.labels = labels
    self.tokens = tokens
    self.padding = padding
    self.fullLength = fullLength
  }

  var count: Int { examples.count }

  /// Whether the example was truncated.
  mutating func append(_ example: Example) -> Bool {
    examples.append(example)
    return max(example.tokens.count, example.label.tokens.count) > fullLength
  }

  var batch: TrainingBatch {
    let lengths = BatchLengths(
      text: examples.map(\.tokens.count).max() ?? 0,
      label: examples.map(\.label.tokens.count).max() ?? 0,
      of: labels, padding, fullLength: fullLength)
    var rows = PaddedRows(length: lengths.text, padding: tokens.padding)
    for example in examples {
      rows.append(
        example.tokens, segments: example.segments, keepingLast: example.endCount)
    }
    let made = labels.inputs(
      of: examples.map(\.label), length: lengths.label, tokens: tokens)
    return TrainingBatch(
      inputs: rows.inputs.merging(made.tensors) { $1 }, countedEntries: made.countedEntries,
      tokenCount: rows.tokenCount, fullLength: fullLength, byteCount: byteCount(lengths.label))
  }

  /// Bytes of the text whose tokens count; nil where they are not known.
  private func byteCount(_ length: Int) -> Int? {
    var sum = 0
    for example in examples {
      let ids = example.label.tokens
      guard !ids.isEmpty, ids.count == example.byteCounts.count else { return nil }
      for place in labels.firstCounted..<max(labels.firstCounted, min(ids.count, length))
      where ids[place] != CrossEntropy.ignoredLabel { sum += example.byteCounts[place] }
    }
    return sum
  }
}

/// What rows of a batch and their labels are padded to.
struct BatchLengths {
  let text: Int
  let label: Int

  /// - Parameters:
  ///   - text: Tokens of the longest row.
  ///   - label: Those of the longest label.
  init(text: Int, label: Int, of labels: any Labels, _ padding: PaddingStrategy, fullLength: Int) {
    func padded(_ tokens: Int) -> Int { padding.length(holding: tokens, limit: fullLength) }
    self.text = padded(labels.haveOwnLength ? text : max(text, label))
    self.label = labels.haveOwnLength ? padded(label) : self.text
  }
}
