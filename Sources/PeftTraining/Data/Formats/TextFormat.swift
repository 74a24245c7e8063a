import PeftBasics

/// A format whose files have rows of texts with fields: an object of JSON a line, for example.
///
/// Where a row is a line, `record` is all that a format has to do:
///
///     struct PairsFormat: TextFormat {
///       let ending = ".pairs"
///       let summary = "A text and its answer a line, with a bar between them."
///
///       func record(
///         at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
///       ) throws(DataError.Reason) -> DataRecord {
///         let parts = String(decoding: line(at: offset, of: bytes), as: UTF8.self).split(separator: "|")
///         guard parts.count == 2 else {
///           throw .badRow(problem: "the line has no bar", fix: "write text|answer")
///         }
///         return DataRecord([("text", .text(String(parts[0]))), ("answer", .text(String(parts[1])))])
///       }
///     }
public protocol TextFormat: Sendable {
  /// How the names of such files end: `.jsonl`.
  var ending: String { get }
  /// What is in such a file, for help.
  var summary: String { get }

  /// Finds where each row begins. Every line that is not blank is a row, unless a format says otherwise.
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
  public func rows(
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

  /// The line that begins at `offset`, without its end.
  public func line(
    at offset: Int, of bytes: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    let line = bytes[offset...].prefix { $0 != UInt8(ascii: "\n") }
    return UnsafeRawBufferPointer(
      rebasing: line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }
}

/// A format that holds rows of texts.
protocol RowsFormat: DataFormat {
  /// Opens the rows of that name.
  /// - Throws: What is wrong with them.
  func rows(called path: String) throws -> any RowSource
}

extension RowsFormat {
  var content: DataContent { .texts }

  func open(_ path: String, for request: DataRequest) throws -> BatchStream.Source {
    try .documents(TextRows([rows(called: path)]), for: request)
  }
}

/// Files with rows of text, compressed or not.
struct TextFileFormat: RowsFormat {
  let rows: any TextFormat
  var compression: (any Compression)?

  var ending: String { rows.ending + (compression?.ending ?? "") }
  var summary: String { rows.summary }

  func rows(called path: String) throws -> any RowSource {
    try TextFile(
      path: path, file: compression?.unpacked(path) ?? MappedFile(path: path), format: rows)
  }
}

extension BatchStream.Source {
  /// Rows with what makes examples of them.
  /// - Throws: `DataError` where the settings are not for such rows; what is wrong with the chat template.
  static func documents(_ rows: TextRows, for request: DataRequest) throws -> Self {
    let maker = try ExampleMaker(of: rows, request.settings, request.tokens, for: request.objective)
    return .documents(try request.split?.rows(of: rows, by: maker) ?? rows, maker)
  }
}
