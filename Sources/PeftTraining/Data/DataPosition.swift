/// Where a stream of batches is: with the same files, settings and seed, all that is needed to resume
/// with the next batch.
public struct DataPosition: Codable, Hashable, Sendable {
  /// How many epochs are complete.
  public var epoch: Int
  /// The place in the epoch's order from which the next row comes.
  public var row: Int
  /// Tokens of that row that earlier sequences have taken, where rows are packed.
  public var token: Int
  /// The rows of the file, so that another file is noticed; nil before anything was read.
  public var rowCount: Int?
  /// How often rows have been left out, because none of their labels counts.
  public var leftOut: Int

  public init(
    epoch: Int = 0, row: Int = 0, token: Int = 0, rowCount: Int? = nil, leftOut: Int = 0
  ) {
    self.epoch = epoch
    self.row = row
    self.token = token
    self.rowCount = rowCount
    self.leftOut = leftOut
  }

  /// Epochs that are made, with a fraction.
  var epochs: Double { Double(epoch) + Double(row) / Double(max(1, rowCount ?? 1)) }

  /// Before the first row.
  public static let start = DataPosition()
}

extension DataPosition {
  /// Makes sure that this can be a place in a file of so many rows.
  func check(_ rows: Int, isPacked: Bool, path: String) throws(DataError) {
    guard 0..<1 << 53 ~= epoch, 0...rows ~= row, (rowCount ?? rows) == rows,
      isPacked ? token >= 0 : token == 0
    else { throw DataError(.otherRows(found: rows, before: rowCount), path: path) }
  }
}
