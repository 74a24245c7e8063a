/// Where each buffer lies in one block of working memory: buffers share bytes when no step needs
/// both.
struct ArenaPlan: Sendable {
  /// Where each buffer starts, in bytes.
  let offsets: [Int]
  /// The length of the block.
  let byteCount: Int

  /// What the plan must know of a buffer.
  struct Buffer {
    var byteCount: Int
    /// The first step that writes it; −1 for one that is there before.
    var first: Int
    /// The last step that reads it.
    var last: Int
    /// An earlier buffer whose place it takes.
    var replaced: Int?
  }

  private static let alignment = 64

  /// Places large buffers first, each at the lowest offset that is free for its whole life.
  init(_ buffers: [Buffer]) {
    var owners = Array(buffers.indices)
    var lives = buffers
    for (index, buffer) in buffers.enumerated() {
      guard let replaced = buffer.replaced else { continue }
      owners[index] = owners[replaced]
      lives[owners[index]].last = max(lives[owners[index]].last, buffer.last)
    }
    var offsets = [Int](repeating: 0, count: buffers.count)
    var placed: [(range: Range<Int>, life: ClosedRange<Int>)] = []
    let order = buffers.indices.filter { owners[$0] == $0 }
      .sorted { (lives[$1].byteCount, $0) < (lives[$0].byteCount, $1) }
    for index in order {
      let life = lives[index].first...max(lives[index].first, lives[index].last)
      let size = max(1, lives[index].byteCount).roundedUp(to: Self.alignment)
      var start = 0
      for other in placed where other.life.overlaps(life) {
        if start + size <= other.range.lowerBound { break }
        start = max(start, other.range.upperBound)
      }
      offsets[index] = start
      let position = placed.firstIndex { $0.range.lowerBound > start } ?? placed.endIndex
      placed.insert((start..<start + size, life), at: position)
    }
    for index in buffers.indices { offsets[index] = offsets[owners[index]] }
    self.offsets = offsets
    byteCount = placed.map(\.range.upperBound).max() ?? 0
  }
}
