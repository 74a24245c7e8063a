import PeftBasics

/// A format whose rows are texts with fields.
protocol TextFormat: DataFormat {
  /// The bytes that rows are found in.
  func file(at path: String) throws -> MappedFile
  /// Finds where each row begins.
  /// - Parameter place: Where the file's text begins; where this throws, the row that is wrong.
  func rows(
    of bytes: UnsafeRawBufferPointer, at place: inout Int
  ) throws(DataError.Reason) -> TextIndex

  /// The fields of the row that begins at `offset`. What is not UTF-8 becomes U+FFFD.
  /// - Parameter columns: Those that `rows` found.
  func record(
    at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
  ) throws(DataError.Reason) -> DataRecord
}

extension TextFormat {
  var content: DataContent { .texts }

  func file(at path: String) throws -> MappedFile { try MappedFile(path: path) }

  func open(_ request: DataRequest) throws -> BatchStream.Source {
    let rows = try TextRows(path: request.path, format: self)
    do throws(DataError.Reason) {
      let maker = try ExampleMaker(request.settings, request.tokens, for: request.objective)
      return .documents(rows, maker)
    } catch {
      throw DataError(error, path: request.path)
    }
  }

  /// Every line that is not blank is a row.
  func rows(
    of bytes: UnsafeRawBufferPointer, at place: inout Int
  ) throws(DataError.Reason) -> TextIndex {
    var index = TextIndex()
    var isBlank = true
    for offset in place..<bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "\n"):
        if !isBlank { try index.append(place..<offset) }
        (place, isBlank) = (offset + 1, true)
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      default: isBlank = false
      }
    }
    if !isBlank { try index.append(place..<bytes.count) }
    return index
  }
}

extension UnsafeRawBufferPointer {
  /// The line that begins at `offset`, without its end.
  func line(at offset: Int) -> UnsafeRawBufferPointer {
    let line = self[offset...].prefix { $0 != UInt8(ascii: "\n") }
    return UnsafeRawBufferPointer(
      rebasing: line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }
}
