public import TunerKit

/// What rows of text in a batch are padded to, as transformers calls it.
public enum PaddingStrategy: String, Hashable, Sendable, CaseIterable {
  /// The longest row of the batch, rounded up to one of few lengths.
  case longest
  /// The sequence length, in every batch.
  case maxLength = "max_length"
}

extension PaddingStrategy: ConfigurationChoice {}

extension PaddingStrategy {
  /// Tokens that rows of a batch are padded to.
  ///
  /// A program is planned for each length that occurs, and kept; so they are few: multiples of 8, and above 64
  /// eight in every doubling (72, 80, … 128, 144, … 256, 288, …). Above 64 a row is 4 % longer for it on
  /// average, and at most an eighth. The longest rows of a file's batches are of similar lengths, so that most
  /// files take about a dozen of them.
  /// - Parameters:
  ///   - tokens: Those of the longest row.
  ///   - limit: Tokens of a full sequence, to which rows are truncated.
  func length(holding tokens: Int, limit: Int) -> Int {
    guard self == .longest, tokens < limit else { return limit }
    var step = 8
    while tokens > 16 * step { step *= 2 }
    return min(max(1, (tokens + step - 1) / step) * step, limit)
  }
}
