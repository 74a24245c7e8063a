import ModelGraph
import PeftPlatform

extension RelativePositionBias: Kernel {
  var readsParts: Bool { true }

  func run(_ call: KernelCall) { spread(call, firstQuery: 0) }

  /// - Parameter first: The place of the first query.
  func spread(_ call: KernelCall, firstQuery first: Int) {
    let (table, y) = (call.operands[0], call.result)
    let (queries, keys) = (y.layout.shape[2], y.layout.shape[3])
    guard y.layout.count > 0 else { return }
    let heads = table.columns
    // The bias depends on the distance alone, which is the smallest from the last query to the first key.
    let last = first + queries - 1
    let buckets = (-last..<keys - first).map { bucket(distance: $0, of: table.rows) }
    call.workers.runRows(heads * queries, columns: keys) { rows in
      for row in rows {
        let (head, query) = (row / queries, row % queries)
        let line = y.row(row)
        for key in 0..<keys {
          line[key] = table.floats[buckets[key - first - query + last] * table.stride + head]
        }
      }
    }
  }

  /// The row of the table for a key that stands `distance` behind its query.
  ///
  /// Half of the rows are for single distances; the others grow with the logarithm up to the largest
  /// distance, and stand for all that are further.
  func bucket(distance: Int, of count: Int) -> Int {
    let rows = isBidirectional ? count / 2 : count
    let start = isBidirectional && distance > 0 ? rows : 0
    let length = isBidirectional ? abs(distance) : max(0, -distance)
    let exact = rows / 2
    if length < exact { return start + length }
    guard exact > 0, maximumDistance > exact else { return start + max(0, rows - 1) }
    // In 32 bits, as `transformers` computes it: bounds of buckets depend on the rounding.
    let share =
      logf(Float(length) / Float(exact)) / Float(log(Double(maximumDistance) / Double(exact)))
    return start + min(rows - 1, exact + Int(share * Float(rows - exact)))
  }
}
