/// Rows of similar lengths one after another, so that little of a batch is padding.
///
/// As `LengthGroupedSampler` of transformers has it: shuffled rows are taken in groups of 50 batches, and each
/// group is sorted by length. Long rows come first; the longest of all is in the first batch, so that memory is
/// at its largest there.
struct LengthGroups: Sendable {
  /// Tokens of each row, truncated to the sequence length.
  let lengths: [UInt32]
  let batchSize: Int

  private static let mostBatches = 50

  /// Rows in a group: fewer in small files, so that there are some four groups.
  private var groupSize: Int {
    batchSize * max(1, min(lengths.count / (4 * batchSize), Self.mostBatches))
  }

  /// The rows of an epoch, sorted within groups.
  /// - Parameter shuffled: All rows, in an order of chance.
  func order(_ shuffled: [UInt32]) -> [UInt32] {
    var order: [UInt32] = []
    order.reserveCapacity(shuffled.count)
    for start in stride(from: 0, to: shuffled.count, by: groupSize) {
      order += sorted(shuffled[start..<min(start + groupSize, shuffled.count)])
    }
    let starts = Array(stride(from: 0, to: order.count, by: groupSize))
    guard let longest = starts.max(by: { length(order[$0]) < length(order[$1]) }) else {
      return order
    }
    order.swapAt(0, longest)
    return order
  }

  /// All rows, the longest first.
  var sorted: [UInt32] { sorted(Array(0..<UInt32(lengths.count))) }

  /// Rows of one length stay in their order.
  private func sorted(_ rows: some Collection<UInt32>) -> [UInt32] {
    rows.enumerated().sorted { a, b in
      (length(b.element), a.offset) < (length(a.element), b.offset)
    }.map(\.element)
  }

  private func length(_ row: UInt32) -> UInt32 { lengths[Int(row)] }
}
