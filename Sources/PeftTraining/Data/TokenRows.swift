import ModelGraph
import PeftBasics

/// A file of tokens and nothing else, read in rows from the mapped file.
///
/// One long stream of tokens gives as many full rows as it has; the remaining tokens are left
/// out in training, and are a shorter row in evaluation. An array of two axes has its rows already;
/// those that are too long are truncated.
struct TokenRows: Sendable {
  let path: String
  let count: Int
  let warnings: [String]
  /// Whether all rows are truncated.
  let areCut: Bool
  private let stored: StoredTokens
  /// Tokens from the start of one row to that of the next.
  private let stride: Int
  /// Tokens of a row.
  let length: Int
  private let vocabularySize: Int?

  init(
    _ stored: StoredTokens, path: String, tokens: TokenSettings, sequenceLength: Int,
    isEvaluation: Bool
  ) throws {
    self.stored = stored
    self.path = path
    vocabularySize = tokens.vocabularySize
    let tokenCount = stored.count
    stride = stored.rowLength ?? sequenceLength
    length = min(stride, sequenceLength)
    areCut = stride > sequenceLength
    if stored.rowLength != nil {
      count = tokenCount / stride
      warnings =
        areCut
        ? ["\(path): rows of \(stride) tokens are truncated to sequence_length, \(sequenceLength)"]
        : []
    } else {
      let rest = tokenCount % stride
      count = tokenCount / stride + (isEvaluation && rest > 0 ? 1 : 0)
      guard count > 0 else {
        throw DataError(.tooFewTokens(found: tokenCount, needed: sequenceLength), path: path)
      }
      warnings =
        !isEvaluation && rest * 20 > tokenCount
        ? [
          "\(path): the last \(rest.grouped) of \(tokenCount.grouped) tokens do not fill a sequence and "
            + "are left out"
        ] : []
    }
    guard count <= UInt32.max else {
      throw DataError(.tooManyRows(most: Int(UInt32.max)), path: path)
    }
  }

  /// The tokens of a row.
  func tokens(_ row: Int) throws(DataError) -> [Int] {
    let range = row * stride..<min(row * stride + length, stored.count)
    let tokens = stored.read(range)
    for (index, token) in zip(range, tokens) where !(0..<(vocabularySize ?? .max) ~= token) {
      let reason = DataError.Reason.tokenOutOfRange(
        place: "token \(index), counted from 0,", token: token,
        vocabulary: vocabularySize ?? .max)
      throw DataError(reason, path: path)
    }
    return tokens
  }
}
