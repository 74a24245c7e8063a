
/// A format whose rows are texts with fields.
protocol TextFormat: DataFormat {
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

/// Where the rows of a text file are.
struct TextIndex: Sendable {
  /// The names of the fields, where the file says them once for all rows.
  var columns: [String] = []
  /// Where each row begins, in bytes.
  var offsets: [Int]
}

extension TextFormat {
  var content: DataContent { .texts }

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
    TextIndex(offsets: bytes.lineOffsets(from: place))
  }
}

extension UnsafeRawBufferPointer {
  /// Where each line begins that is not blank.
  fileprivate func lineOffsets(from start: Int) -> [Int] {
    var offsets: [Int] = []
    var begin = start
    var isBlank = true
    for offset in start..<count {
      switch self[offset] {
      case UInt8(ascii: "\n"):
        if !isBlank { offsets.append(begin) }
        (begin, isBlank) = (offset + 1, true)
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      default: isBlank = false
      }
    }
    if !isBlank { offsets.append(begin) }
    return offsets
  }

  /// The line that begins at `offset`, without its end.
  func line(at offset: Int) -> UnsafeRawBufferPointer {
    let line = self[offset...].prefix { $0 != UInt8(ascii: "\n") }
    return UnsafeRawBufferPointer(
      rebasing: line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }
}
