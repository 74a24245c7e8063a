/// Tokens and their ids, found by their bytes: Swift's strings would take canonically equivalent
/// tokens for the same.
struct TokenTable: Sendable {
  /// 2²⁴ − 1: many times the largest vocabulary, and small enough for a model's embeddings.
  static let largestID = 1 << 24 - 1
  static let longestToken = 4096

  /// The bytes of the longest token.
  private(set) var longest = 0
  /// Of all tokens, one after another.
  private(set) var bytes: [UInt8] = []
  private var entries: [(start: Int, count: Int, id: Int)] = []
  /// Numbers of entries by hash, −1 where a slot is free; a power of 2, at most half of it taken.
  private var slots: [Int32] = Array(repeating: -1, count: 64)
  private var entryOfID: [Int: Int] = [:]

  var count: Int { entries.count }
  /// The same without tokens that were appended again.
  private(set) var distinctCount = 0

  enum Insertion {
    case inserted, duplicate
    case idTaken(by: [UInt8])
  }

  mutating func insert(_ token: some Collection<UInt8>, id: Int) -> Insertion {
    let start = bytes.count
    bytes.append(contentsOf: token)
    let count = bytes.count - start
    let slot = bytes.withUnsafeBufferPointer {
      self.slot(of: UnsafeBufferPointer(rebasing: $0[start..<(start + count)]))
    }
    guard slots[slot] < 0 else {
      bytes.removeLast(count)
      return .duplicate
    }
    if let taken = entryOfID[id] { return .idTaken(by: self.token(atEntry: taken)) }
    add((start, count, id), slot)
    return .inserted
  }

  /// Adds a token with the next number as its id. It takes the place of an equal one, which keeps its id only
  /// in the other direction.
  /// - Precondition: All tokens were appended.
  mutating func append(_ token: some Collection<UInt8>) {
    let start = bytes.count
    bytes.append(contentsOf: token)
    let entry = (start: start, count: bytes.count - start, id: entries.count)
    let slot = bytes.withUnsafeBufferPointer {
      self.slot(of: UnsafeBufferPointer(rebasing: $0[start...]))
    }
    add(entry, slot)
  }

  private mutating func add(_ entry: (start: Int, count: Int, id: Int), _ slot: Int) {
    if slots[slot] < 0 { distinctCount += 1 }
    slots[slot] = Int32(entries.count)
    entryOfID[entry.id] = entries.count
    entries.append(entry)
    longest = max(longest, entry.count)
    if entries.count * 2 > slots.count { grow() }
  }

  /// Where the tokens are in `bytes`, in the order of their bytes, equal ones in that of their ids.
  func sorted() -> [(start: Int, count: Int, id: Int)] {
    bytes.withUnsafeBufferPointer { bytes in
      entries.sorted { a, b in
        for offset in 0..<min(a.count, b.count)
        where bytes[a.start + offset] != bytes[b.start + offset] {
          return bytes[a.start + offset] < bytes[b.start + offset]
        }
        return (a.count, a.id) < (b.count, b.id)
      }
    }
  }

  func id(of token: UnsafeBufferPointer<UInt8>) -> Int? {
    let entry = slots[slot(of: token)]
    return entry < 0 ? nil : entries[Int(entry)].id
  }

  func id(of token: [UInt8]) -> Int? { token.withUnsafeBufferPointer { id(of: $0) } }

  func token(_ id: Int) -> [UInt8]? { entryOfID[id].map { token(atEntry: $0) } }

  private func token(atEntry number: Int) -> [UInt8] {
    let entry = entries[number]
    return Array(bytes[entry.start..<(entry.start + entry.count)])
  }

  /// Where a token is, or where it would go.
  private func slot(of token: UnsafeBufferPointer<UInt8>) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(token))
    var slot = hasher.finalize() & (slots.count - 1)
    while slots[slot] >= 0, !isEqual(entries[Int(slots[slot])], token) {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private func isEqual(
    _ entry: (start: Int, count: Int, id: Int), _ token: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard entry.count == token.count else { return false }
    return bytes.withUnsafeBufferPointer { bytes in
      (0..<entry.count).allSatisfy { bytes[entry.start + $0] == token[$0] }
    }
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for (number, entry) in entries.enumerated() {
      let slot = bytes.withUnsafeBufferPointer {
        self.slot(of: UnsafeBufferPointer(rebasing: $0[entry.start..<(entry.start + entry.count)]))
      }
      slots[slot] = Int32(number)
    }
  }
}
