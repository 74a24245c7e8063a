import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports

/// The rows of a text file, read one by one where they are: in memory is where each begins, 8 bytes
/// a row.
struct TextRows: Sendable {
  let path: String
  let format: DataFormat
  private let file: MappedFile
  private let offsets: [Int]
  private let columns: [String]

  /// - Throws: `FileReadError`, `DataError`. Lines of JSON are not read yet; records of a CSV file
  ///   are all found to have as many fields as its header.
  init(path: String, format: DataFormat) throws {
    self.path = path
    self.format = format
    file = try MappedFile(path: path)
    let bytes = file.bytes
    guard !bytes.isEmpty else { throw DataError(.emptyFile, path: path) }
    // A byte order mark is not text.
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if format == .csv {
      var place = start
      do throws(DataError.Reason) {
        (columns, offsets) = try Self.records(of: bytes, from: start, at: &place)
      } catch {
        throw DataError(error, path: path, line: Self.line(at: place, of: bytes))
      }
    } else {
      columns = []
      offsets = Self.lines(of: bytes, from: start)
    }
    guard !offsets.isEmpty else { throw DataError(.noRows, path: path) }
    guard offsets.count <= UInt32.max else {
      throw DataError(.tooManyRows(offsets.count), path: path)
    }
  }

  var count: Int { offsets.count }

  /// Where a row begins, in bytes.
  func offset(of row: Int) -> Int { offsets[row] }

  /// The line on which a row begins, counted from 1.
  /// - Complexity: O(n) in the bytes before it; it is for messages.
  func line(of row: Int) -> Int { Self.line(at: offsets[row], of: file.bytes) }

  private static func line(at offset: Int, of bytes: UnsafeRawBufferPointer) -> Int {
    bytes[..<min(offset, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1
  }

  /// The fields of a row. What is not UTF-8 becomes U+FFFD.
  func record(_ row: Int) throws(DataError.Reason) -> DataRecord {
    defer { withExtendedLifetime(file) {} }
    switch format {
    case .csv:
      var reader = CSVReader(file.bytes, at: offsets[row])
      let fields = try reader.record()
      return DataRecord(fields: zip(columns, fields).map { (name: $0, value: .text($1)) })
    case .jsonLines: return try object(lineBytes(row))
    default:
      let line = String(decoding: lineBytes(row), as: UTF8.self)
      return DataRecord(fields: [(name: "text", value: .text(line))])
    }
  }

  private func lineBytes(_ row: Int) -> UnsafeRawBufferPointer {
    let rest = file.bytes[offsets[row]...]
    let line = rest.prefix { $0 != UInt8(ascii: "\n") }
    return UnsafeRawBufferPointer(
      rebasing: line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }

  private func object(_ line: UnsafeRawBufferPointer) throws(DataError.Reason) -> DataRecord {
    let value: JSONTree
    do throws(JSONMistake) {
      value = try JSONTree(line)
    } catch {
      guard error.reason == .notUTF8 else { throw .notJSON(error) }
      return try Array(String(decoding: line, as: UTF8.self).utf8).withUnsafeBufferPointer {
        repaired throws(DataError.Reason) in try object(UnsafeRawBufferPointer(repaired))
      }
    }
    guard case .object(let fields) = value else { throw .notAnObject(found: value.kind) }
    return DataRecord(fields: fields)
  }

  // MARK: Finding rows

  private static func lines(of bytes: UnsafeRawBufferPointer, from start: Int) -> [Int] {
    var offsets: [Int] = []
    var begin = start
    var isBlank = true
    for offset in start..<bytes.count {
      switch bytes[offset] {
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

  private static func records(
    of bytes: UnsafeRawBufferPointer, from start: Int, at place: inout Int
  ) throws(DataError.Reason) -> (columns: [String], offsets: [Int]) {
    var reader = CSVReader(bytes, at: start)
    guard reader.skipEmptyLines() else { return ([], []) }
    place = reader.offset
    let columns = try reader.record()
    var known: Set<String> = []
    for name in columns where !known.insert(name).inserted { throw .columnTwice(name) }
    var offsets: [Int] = []
    while reader.skipEmptyLines() {
      place = reader.offset
      let found = try reader.skipRecord()
      guard found == columns.count else {
        throw .wrongFieldCount(found: found, expected: columns.count)
      }
      offsets.append(place)
    }
    return (columns, offsets)
  }
}
