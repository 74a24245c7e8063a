import CKernels

/// Packs a matrix as its entries come, in row-major order.
package struct TernaryBuilder {
  private let rows: Int
  private let columns: Int
  private let form: TernaryEntries.Form
  private var position = 0

  /// The places of each row that are not 0, a row after the other.
  private var places: [UInt32] = []
  /// Where the places of 1 and of −1 begin in each row.
  private var starts: [UInt32] = [0]
  /// The places of −1 in the row that is not finished.
  private var waiting: [UInt32] = []

  private var plus: [UInt8] = []
  private var minus: [UInt8] = []

  package init(rows: Int, columns: Int, as form: TernaryEntries.Form) {
    self.rows = rows
    self.columns = columns
    self.form = form
    switch form {
    case .lists: starts.reserveCapacity(2 * rows + 1)
    case .planes:
      // Kernels read two bytes at a time.
      plus = [UInt8](repeating: 0, count: (rows * columns + 7) / 8 + 1)
      minus = plus
    }
  }

  /// Adds entries, of which the signs count.
  package mutating func add(_ entries: UnsafeBufferPointer<Float>) {
    precondition(entries.count <= rows * columns - position, "more entries than the matrix has")
    switch form {
    case .lists: list(entries)
    case .planes:
      for (index, entry) in entries.enumerated() where entry != 0 {
        let place = position + index
        if entry > 0 {
          plus[place >> 3] |= 1 << UInt8(place & 7)
        } else {
          minus[place >> 3] |= 1 << UInt8(place & 7)
        }
      }
    }
    position += entries.count
  }

  private mutating func list(_ entries: UnsafeBufferPointer<Float>) {
    var column = columns > 0 ? position % columns : 0
    for entry in entries {
      if entry > 0 {
        places.append(UInt32(column))
      } else if entry < 0 {
        waiting.append(UInt32(column))
      }
      column += 1
      if column == columns {
        starts.append(UInt32(places.count))
        places += waiting
        waiting.removeAll(keepingCapacity: true)
        starts.append(UInt32(places.count))
        column = 0
      }
    }
  }

  /// What a header says, and the memory that it points to.
  typealias Packed = (contents: ck_ternary, arrays: [UnsafeMutableRawPointer], byteCount: Int)

  consuming func finished(scale: Float) -> Packed {
    precondition(position == rows * columns, "entries of the matrix are missing")
    var contents = ck_ternary()
    (contents.rows, contents.columns, contents.scale) = (rows, columns, scale)
    var memory = PackedMemory()
    switch form {
    case .planes:
      contents.plus = memory.copy(plus)
      contents.minus = memory.copy(minus)
    case .lists:
      let transposed = transposedLists()
      contents.row_starts = memory.copy(starts)
      contents.column_starts = memory.copy(transposed.starts)
      if max(rows, columns) <= 1 << 16 {
        contents.place_bytes = 2
        contents.row_places = UnsafeRawPointer(memory.copy(places.map(UInt16.init)))
        contents.column_places = UnsafeRawPointer(
          memory.copy(transposed.places.map(UInt16.init)))
      } else {
        contents.place_bytes = 4
        contents.row_places = UnsafeRawPointer(memory.copy(places))
        contents.column_places = UnsafeRawPointer(memory.copy(transposed.places))
      }
    }
    return (contents, memory.arrays, memory.byteCount)
  }

  /// The same lists by columns.
  private func transposedLists() -> (starts: [UInt32], places: [UInt32]) {
    var next = [UInt32](repeating: 0, count: 2 * columns + 1)
    func forEach(_ body: (_ list: Int, _ row: Int) -> Void) {
      for number in 0..<2 * rows {
        for place in places[Int(starts[number])..<Int(starts[number + 1])] {
          body(2 * Int(place) + number % 2, number / 2)
        }
      }
    }
    forEach { list, _ in next[list + 1] += 1 }
    for list in 0..<2 * columns { next[list + 1] += next[list] }
    let firsts = next
    var result = [UInt32](repeating: 0, count: places.count)
    forEach { list, row in
      result[Int(next[list])] = UInt32(row)
      next[list] += 1
    }
    return (firsts, result)
  }
}

/// Arrays at addresses of their own.
private struct PackedMemory {
  private(set) var arrays: [UnsafeMutableRawPointer] = []
  private(set) var byteCount = 0

  mutating func copy<Entry: BitwiseCopyable>(_ entries: [Entry]) -> UnsafePointer<Entry> {
    let bytes = max(1, entries.count) * MemoryLayout<Entry>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    entries.withUnsafeBytes { source in
      if let start = source.baseAddress { memory.copyMemory(from: start, byteCount: source.count) }
    }
    arrays.append(memory)
    byteCount += bytes
    return UnsafePointer(memory.assumingMemoryBound(to: Entry.self))
  }
}
