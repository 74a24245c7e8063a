import CPUCore

/// The order in which epochs take a file's rows.
enum RowOrder: Sendable {
  case ofFile
  /// Another order in each epoch, as seed and epoch determine.
  case shuffled(seed: UInt64)
  /// The same, with rows of similar lengths one after another.
  case grouped(LengthGroups, seed: UInt64)
  /// The longest row first, in every epoch.
  case sorted(LengthGroups)

  /// The rows of an epoch; nil where they are taken as they stand.
  func rows(of count: Int, epoch: Int) -> [UInt32]? {
    switch self {
    case .ofFile: nil
    case .shuffled(let seed): Self.shuffled(count, seed: seed, epoch: epoch)
    case .grouped(let groups, let seed):
      groups.order(Self.shuffled(count, seed: seed, epoch: epoch))
    case .sorted(let groups): groups.sorted
    }
  }

  /// Fisher–Yates shuffle. Its bias, below 2⁻³², is negligible.
  private static func shuffled(_ count: Int, seed: UInt64, epoch: Int) -> [UInt32] {
    var numbers = SplitMix64(seed: seed, stream: UInt64(epoch))
    var order = (0..<UInt32(count)).map { $0 }
    for index in stride(from: count - 1, to: 0, by: -1) {
      let other = numbers.next().multipliedFullWidth(by: UInt64(index + 1)).high
      order.swapAt(index, Int(other))
    }
    return order
  }
}
