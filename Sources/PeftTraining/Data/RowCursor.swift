/// Iterates over a file's rows, epoch after epoch where it repeats.
struct RowCursor: Sendable {
  let count: Int
  let order: RowOrder
  let repeats: Bool
  private(set) var epoch: Int
  /// The place in the epoch's order.
  private(set) var place: Int
  /// The rows of the epoch; nil where they are taken as they stand.
  private var rows: [UInt32]?

  init(count: Int, order: RowOrder, repeats: Bool, at position: DataPosition) {
    self.count = count
    self.order = order
    self.repeats = repeats
    epoch = position.epoch
    place = position.row
    if repeats, place == count { (epoch, place) = (epoch + 1, 0) }
    rows = order.rows(of: count, epoch: epoch)
  }

  /// The current row; nil at the end of the epoch.
  var row: Int? {
    guard place < count else { return nil }
    return rows.map { Int($0[place]) } ?? place
  }

  mutating func advance() {
    place += 1
    guard place == count, repeats else { return }
    (epoch, place) = (epoch + 1, 0)
    rows = order.rows(of: count, epoch: epoch)
  }
}
