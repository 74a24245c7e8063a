import PeftCheckpoints
import PeftTensors

/// An array of tokens as NumPy saves it: one long stream, or rows of one length.
struct NumPyFormat: TokenFormat {
  let ending = ".npy"
  let summary = "A NumPy array: [tokens], or [rows, tokens]."

  func tokens(in path: String) throws -> StoredTokens {
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
    return StoredTokens(
      count: array.count, rowLength: array.shape.count == 2 ? array.shape[1] : nil
    ) { array.integers(in: $0) ?? [] }
  }
}
