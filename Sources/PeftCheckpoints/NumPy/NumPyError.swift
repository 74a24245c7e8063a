import ModelGraph
public import PeftBasics

/// What is wrong with a `.npy` file, and what to do about it.
public struct NumPyError: Diagnosis, Hashable {
  public enum Reason: Error, Hashable, Sendable {
    case empty
    case noMagic
    case unknownVersion(major: UInt8, minor: UInt8)
    case headerPastEnd(header: Int, available: Int)
    case headerTooLong(header: Int, limit: Int)
    case badHeader(offset: Int, expected: String)
    case unknownKey(String)
    case keyTwice(String)
    case keyMissing(String)
    case structured
    case bigEndian(String)
    case unknownType(String)
    case columnMajor
    case badSize(String)
    case tooManyAxes(limit: Int)
    case tooLarge(shape: [Int])
    case wrongLength(info: TensorInfo, expected: Int, found: Int)
  }

  public let reason: Reason
  public let path: String

  public var place: DiagnosisPlace? { .file(path) }

  public var words: (problem: String, fix: String?) {
    let again = "write it again with 'numpy.save'"
    return switch reason {
    case .empty: ("the file is empty", again)
    case .noMagic:
      ("this is no .npy file, which starts with '\\x93NUMPY'", "write it with 'numpy.save'")
    case .unknownVersion(let major, let minor):
      ("version \(major).\(minor) of the format is not known", again)
    case .headerPastEnd(let header, let available):
      (
        "the header should have \(header.bytesText), and only \(available) follow",
        "download or copy the file again"
      )
    case .headerTooLong(let header, let limit):
      ("the header has \(header.bytesText); at most \(limit.grouped) are allowed", again)
    case .badHeader(let offset, let expected):
      ("\(expected) is expected at byte \(offset) of the header", again)
    case .unknownKey(let key): ("the header has a key \(key.quoted) that is not known", again)
    case .keyTwice(let key): ("the header has '\(key)' twice", again)
    case .keyMissing(let key): ("the header has no '\(key)'", again)
    case .structured:
      ("the entries are records of several fields", "save each field as an array of its own")
    case .bigEndian(let type):
      (
        "the numbers are big-endian (\(type.quoted))",
        "convert them: array.astype(array.dtype.newbyteorder('<'))"
      )
    case .unknownType(let type):
      (
        "the numbers are of type \(type.quoted)",
        "convert them to one of "
          + NumPyFile.types.map { "'\($0.descriptor)'" }.joined(separator: ", ")
      )
    case .columnMajor:
      (
        "the array is in Fortran order, column by column",
        "save numpy.ascontiguousarray(array) instead"
      )
    case .badSize(let size):
      ("the shape holds \(size.quoted)", "use whole numbers from 0 to 2^63 - 1")
    case .tooManyAxes(let limit): ("the array has more than \(limit) axes", "reshape it")
    case .tooLarge(let shape): ("the size of \(shape.shapeText) is beyond 2^63", again)
    case .wrongLength(let info, let expected, let found):
      (
        "the array, \(info), has \(found.bytesText); it needs \(expected)",
        "download, copy or write the file again"
      )
    }
  }
}
