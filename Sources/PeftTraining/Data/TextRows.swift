import PeftAdapters
import PeftBasics

/// The rows of one or several files of texts or datasets, in their order.
struct TextRows: Sendable {
  private let files: [any RowSource]
  /// The number of rows before each file's, and of all.
  private let starts: [Int]
  /// The bytes before each file's.
  private let bytesBefore: [Int]
  /// Those that count, in their order; nil for all.
  private var selection: [UInt32]?

  /// - Parameter files: At least one.
  init(_ files: [any RowSource]) throws(DataError) {
    self.files = files
    starts = files.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    bytesBefore = files.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.byteCount) }
    guard starts[files.count] <= UInt32.max else {
      throw DataError(.tooManyRows(most: Int(UInt32.max)), path: path)
    }
  }

  var count: Int { selection?.count ?? starts[files.count] }

  /// Some of the rows.
  /// - Parameter rows: In the order of the files.
  func selecting(_ rows: [UInt32]) -> TextRows {
    var selected = self
    selected.selection = rows.map { UInt32(number(of: Int($0))) }
    return selected
  }

  /// The number of a row among all of the files.
  private func number(of row: Int) -> Int { selection.map { Int($0[row]) } ?? row }

  /// What messages call the files.
  var path: String {
    files[0].path + (files.count > 1 ? " and \((files.count - 1).counted("other file"))" : "")
  }

  /// The file that a row is in, and its number there.
  private func place(of row: Int) -> (file: Int, row: Int) {
    let row = number(of: row)
    var (low, high) = (0, files.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= row { low = middle } else { high = middle - 1 }
    }
    return (low, row - starts[low])
  }

  /// How many bytes of the files come before a row.
  func offset(of row: Int) -> Int {
    let (file, row) = place(of: row)
    return bytesBefore[file] + files[file].offset(of: row)
  }

  /// A mistake with the file and the line of its row.
  func error(_ reason: DataError.Reason, at row: Int) -> DataError {
    let (file, row) = place(of: row)
    return files[file].error(reason, at: row)
  }

  /// The file of a row, with its line.
  func place(at row: Int) -> String { error(.noRows, at: row).place.map { "\($0)" } ?? path }

  /// The fields of a row. What is not UTF-8 becomes U+FFFD.
  func record(_ row: Int) throws(DataError.Reason) -> DataRecord {
    let (file, row) = place(of: row)
    return try files[file].record(row)
  }
}
