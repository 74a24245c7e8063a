import ModelGraph
import PeftTensors

/// Rows of tokens of one length, as they become a batch.
struct PaddedRows {
  private let length: Int
  private let padding: Int
  /// All tokens, one row after another.
  private(set) var ids: [Int] = []
  private var mask: [Int] = []
  private var segments: [Int] = []
  private(set) var count = 0
  private(set) var tokenCount = 0

  init(length: Int, padding: Int) {
    self.length = length
    self.padding = padding
  }

  /// Labels of positions; those of padding are ignored.
  init(labels: [Example.Label], length: Int) {
    self.init(length: length, padding: CrossEntropy.ignoredLabel)
    for label in labels { append(label.tokens) }
  }

  /// Adds a row, truncated to the length.
  /// - Parameter keepingLast: Tokens at its end that stay when it is cut.
  mutating func append(
    _ tokens: [Int], segments: [Int] = [], keepingLast endCount: Int = 0
  ) {
    let tokens = tokens.cut(to: length, keepingLast: endCount)
    let segments = segments.cut(to: length, keepingLast: endCount)
    let kept = tokens.count
    ids.append(contentsOf: tokens)
    ids.append(contentsOf: repeatElement(padding, count: length - kept))
    mask.append(contentsOf: repeatElement(1, count: kept))
    mask.append(contentsOf: repeatElement(0, count: length - kept))
    self.segments.append(contentsOf: segments)
    self.segments.append(contentsOf: repeatElement(0, count: length - segments.count))
    count += 1
    tokenCount += kept
  }

  /// `input_ids`, `attention_mask` and `token_type_ids`.
  var inputs: [String: Tensor] {
    let shape = [count, length]
    return [
      "input_ids": Tensor(ids, shape: shape), "attention_mask": Tensor(mask, shape: shape),
      "token_type_ids": Tensor(segments, shape: shape),
    ]
  }
}

extension [Int] {
  /// The first values, and of those that are cut off the last.
  func cut(to length: Int, keepingLast endCount: Int) -> [Int] {
    guard count > length else { return self }
    let kept = endCount < length ? endCount : 0
    return Array(prefix(length - kept) + suffix(kept))
  }
}
