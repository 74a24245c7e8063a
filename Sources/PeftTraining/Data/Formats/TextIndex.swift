import CPUCore
import ModelGraph

/// Where the rows of a text file are: 8 bytes of memory a row.
public struct TextIndex: Sendable {
  /// The names of the fields, where the file says them once for all rows.
  public var columns: [String] = []
  /// Where each row begins, in bytes.
  package private(set) var offsets: [Int] = []
  private let mostRows: Int
  private let mostBytes: Int

  public init() {
    self.init(
      mostRows: min(Int(UInt32.max), MachineMemory.byteCount / 32),
      mostBytes: MachineMemory.byteCount / 64)
  }

  /// - Parameters:
  ///   - mostRows: Rows that there is room for. While they are found, they take up to 24 bytes each.
  ///   - mostBytes: Bytes of a row. Its tokens take some 40 times as many.
  package init(mostRows: Int, mostBytes: Int) {
    self.mostRows = mostRows
    self.mostBytes = mostBytes
  }

  /// Adds a row.
  public mutating func append(_ row: Range<Int>) throws(DataError.Reason) {
    try check(row)
    guard offsets.count < mostRows else { throw .tooManyRows(most: mostRows) }
    offsets.append(row.lowerBound)
  }

  /// Makes sure that there is memory for a row.
  func check(_ row: Range<Int>) throws(DataError.Reason) {
    guard row.count <= mostBytes else {
      throw .rowTooLong(byteCount: row.count, most: mostBytes)
    }
  }
}
