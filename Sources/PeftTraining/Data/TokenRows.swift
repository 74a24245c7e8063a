import ModelGraph
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports
import PeftTensors

/// A file of tokens and nothing else, cut into rows where it is: nothing of it is in memory.
///
/// One long stream of tokens gives as many full rows as it has; the tokens left over are left out
/// where a model is trained, and are a shorter row where it is measured. An array of two axes has
/// its rows already; those that are too long are cut.
struct TokenRows: Sendable {
  private enum Storage: Sendable {
    case array(Tensor)
    /// Little-endian, without a sign.
    case words(MappedFile, byteCount: Int)
  }

  let path: String
  let count: Int
  let warnings: [String]
  /// Whether all rows are cut.
  let areCut: Bool
  private let storage: Storage
  private let tokenCount: Int
  /// Tokens from the start of one row to that of the next.
  private let stride: Int
  /// Tokens of a row.
  let length: Int
  private let vocabularySize: Int?

  init(
    path: String, format: DataFormat, tokens: TokenSettings, sequenceLength: Int,
    isEvaluation: Bool
  ) throws {
    self.path = path
    vocabularySize = tokens.vocabularySize
    var rowCount: Int?
    if case .tokens(let byteCount) = format {
      let file = try MappedFile(path: path)
      guard !file.bytes.isEmpty else { throw DataError(.emptyFile, path: path) }
      guard file.bytes.count.isMultiple(of: byteCount) else {
        let reason = DataError.Reason.partialToken(
          byteCount: file.bytes.count, tokenBytes: byteCount)
        throw DataError(reason, path: path)
      }
      storage = .words(file, byteCount: byteCount)
      tokenCount = file.bytes.count / byteCount
      stride = sequenceLength
    } else {
      let array = try NumPyFile(path: path).tensor
      guard !array.type.isFloatingPoint, array.type != .bool else {
        let reason = DataError.Reason.wrongType(
          tensor: "array", found: "\(array.type)", expected: "whole numbers, such as int32")
        throw DataError(reason, path: path)
      }
      guard 1...2 ~= array.shape.count else {
        let reason = DataError.Reason.wrongShape(
          tensor: "array", found: array.shape, expected: "[tokens] or [rows, tokens]")
        throw DataError(reason, path: path)
      }
      guard array.count > 0 else { throw DataError(.noRows, path: path) }
      storage = .array(array)
      tokenCount = array.count
      rowCount = array.shape.count == 2 ? array.shape[0] : nil
      stride = rowCount == nil ? sequenceLength : array.shape[1]
    }
    length = min(stride, sequenceLength)
    areCut = stride > sequenceLength
    if let rowCount {
      count = rowCount
      warnings =
        areCut
        ? ["\(path): rows of \(stride) tokens are cut at sequence_length, \(sequenceLength)"] : []
    } else {
      let rest = tokenCount % stride
      count = tokenCount / stride + (isEvaluation && rest > 0 ? 1 : 0)
      guard count > 0 else {
        throw DataError(.tooFewTokens(found: tokenCount, needed: sequenceLength), path: path)
      }
      warnings =
        !isEvaluation && rest * 20 > tokenCount
        ? [
          "\(path): the last \(rest.grouped) of \(tokenCount.grouped) tokens fill no sequence and "
            + "are left out"
        ] : []
    }
    guard count <= UInt32.max else { throw DataError(.tooManyRows(count), path: path) }
  }

  /// The tokens of a row.
  func tokens(_ row: Int) throws(DataError) -> [Int] {
    let range = row * stride..<min(row * stride + length, tokenCount)
    let tokens = tokens(in: range)
    for (index, token) in zip(range, tokens) where !(0..<(vocabularySize ?? .max) ~= token) {
      let reason = DataError.Reason.tokenOutOfRange(
        place: "token \(index), counted from 0,", token: token,
        vocabulary: vocabularySize ?? .max)
      throw DataError(reason, path: path)
    }
    return tokens
  }

  private func tokens(in range: Range<Int>) -> [Int] {
    switch storage {
    case .array(let array): array.integers(in: range) ?? []
    case .words(let file, let byteCount):
      range.map { index in
        (0..<byteCount).reduce(0) { $0 | Int(file.bytes[index * byteCount + $1]) << ($1 * 8) }
      }
    }
  }
}
