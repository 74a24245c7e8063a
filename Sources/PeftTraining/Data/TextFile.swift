import OrderedCollections
import PeftAdapters
import PeftBasics
import PeftCheckpoints

/// The rows of one file of texts, read one by one from the mapped file. In memory is the offset of each, 8 bytes a
/// row.
struct TextFile: RowSource {
  let path: String
  private let format: any TextFormat
  private let file: MappedFile
  private let index: TextIndex

  /// - Parameters:
  ///   - path: What messages call the file.
  ///   - file: What is in it, unpacked.
  /// - Throws: `DataError`. Lines of JSON are not read yet; rows of a table are all
  ///   found to have as many fields as its header.
  init(path: String, file: MappedFile, format: any TextFormat) throws {
    (self.path, self.file, self.format) = (path, file, format)
    let bytes = file.bytes
    guard !bytes.isEmpty else { throw DataError(.emptyFile, path: path) }
    // Texts in 8 bits do not begin with a zero, and those in 16 bits have one for every letter of English.
    let isWide = [[0xFF, 0xFE], [0xFE, 0xFF]].contains { bytes.starts(with: $0) }
    guard !isWide, !bytes.prefix(2).contains(0) else { throw DataError(.wideText, path: path) }
    // A byte order mark is not text.
    var place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    do throws(DataError.Reason) {
      index = try format.rows(of: bytes, at: &place)
    } catch {
      throw DataError(error, path: path, line: Self.line(at: place, of: bytes))
    }
    guard count > 0 else { throw DataError(.noRows, path: path) }
  }

  var count: Int { index.offsets.count }
  /// The bytes of the file, unpacked.
  var byteCount: Int { file.bytes.count }

  func offset(of row: Int) -> Int { index.offsets[row] }

  /// - Complexity: O(n) in the bytes before the row.
  func error(_ reason: DataError.Reason, at row: Int) -> DataError {
    DataError(reason, path: path, line: Self.line(at: index.offsets[row], of: file.bytes))
  }

  private static func line(at offset: Int, of bytes: UnsafeRawBufferPointer) -> Int {
    bytes[..<min(offset, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1
  }

  func record(_ row: Int) throws(DataError.Reason) -> DataRecord {
    defer { withExtendedLifetime(file) {} }
    return try format.record(at: index.offsets[row], of: file.bytes, columns: index.columns)
  }
}
