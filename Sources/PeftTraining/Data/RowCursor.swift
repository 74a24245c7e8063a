import CPUCore

/// Iterates over a file's rows: in their order, or shuffled anew in each epoch, as seed and epoch
/// determine.
struct RowCursor: Sendable {
  let count: Int
  let seed: UInt64
  let isShuffled: Bool
  let repeats: Bool
  private(set) var epoch: Int
  /// The place in the epoch's order.
  private(set) var place: Int
  private var order: [UInt32] = []

  init(count: Int, seed: UInt64, isShuffled: Bool, repeats: Bool, at position: DataPosition) {
    self.count = count
    self.seed = seed
    self.isShuffled = isShuffled
    self.repeats = repeats
    epoch = position.epoch
    place = position.row
    if repeats, place == count { (epoch, place) = (epoch + 1, 0) }
    order = isShuffled ? Self.order(of: count, seed: seed, epoch: epoch) : []
  }

  /// The current row; nil at the end of the epoch.
  var row: Int? {
    guard place < count else { return nil }
    return isShuffled ? Int(order[place]) : place
  }

  mutating func advance() {
    place += 1
    guard place == count, repeats else { return }
    (epoch, place) = (epoch + 1, 0)
    if isShuffled { order = Self.order(of: count, seed: seed, epoch: epoch) }
  }

  /// Fisher–Yates shuffle. Its bias, below 2⁻³², is negligible.
  private static func order(of count: Int, seed: UInt64, epoch: Int) -> [UInt32] {
    var numbers = SplitMix64(seed: seed, stream: UInt64(epoch))
    var order = (0..<UInt32(count)).map { $0 }
    for index in stride(from: count - 1, to: 0, by: -1) {
      let other = numbers.next().multipliedFullWidth(by: UInt64(index + 1)).high
      order.swapAt(index, Int(other))
    }
    return order
  }
}
