import PeftBasics
public import PeftTensors

/// One array as `numpy.save` writes it, mapped into memory.
///
/// Versions 1.0, 2.0 and 3.0 of the format are read, in row-major order and little-endian. The file
/// must not be shortened while the tensor is in use.
/// - SeeAlso: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
public struct NumPyFile: Sendable {
  public let path: String
  public let tensor: Tensor

  /// - Throws: `FileReadError`, or `NumPyError` with the first mistake in the file.
  public init(path: String) throws {
    self.path = path
    let file = try MappedFile(path: path)
    do {
      let header = try NumPyHeader(file: file.bytes)
      tensor = file.tensor(
        in: header.dataStart..<file.bytes.count, shape: header.info.shape, type: header.info.type)
    } catch {
      throw NumPyError(reason: error, path: path)
    }
  }

  /// NumPy's names of the types that are read.
  static let types: [(descriptor: String, type: NumberType)] = [
    ("<f8", .float64), ("<f4", .float32), ("<f2", .float16), ("<i8", .int64), ("<i4", .int32),
    ("<u2", .uint16), ("|u1", .uint8), ("|b1", .bool),
  ]
}
