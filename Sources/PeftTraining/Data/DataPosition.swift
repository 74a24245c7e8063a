/// Where a stream of batches is: with the same files, settings and seed, all that is needed to go on
/// with the very batch that would have come next.
public struct DataPosition: Codable, Hashable, Sendable {
  /// How many times all rows have passed.
  public var epoch: Int
  /// The place in the epoch's order from which the next row comes.
  public var row: Int
  /// Tokens of that row that earlier sequences have taken, where rows are packed.
  public var token: Int
  /// The rows of the file, so that another file is noticed; nil before anything was read.
  public var rowCount: Int?

  public init(epoch: Int = 0, row: Int = 0, token: Int = 0, rowCount: Int? = nil) {
    self.epoch = epoch
    self.row = row
    self.token = token
    self.rowCount = rowCount
  }

  /// Before the first row.
  public static let start = DataPosition()
}
