import CKernels
import ModelGraph
import PeftBasics
import PeftPlatform

/// The sizes of an attention's operands.
struct AttentionSizes {
  let batch: Int
  let queries: Int
  let keys: Int
  /// Entries of a head's query and key.
  let size: Int
  /// Entries of a head's value.
  let valueSize: Int

  private static let queryBlock = 64

  init(_ attention: Attention, _ q: Layout, _ k: Layout, _ v: Layout) {
    batch = q.shape[0]
    queries = q.shape[1]
    keys = k.shape[1]
    size = q.columns / attention.heads
    valueSize = v.columns / attention.keyValueHeads
  }

  /// Queries whose scores are held at a time.
  var blockRows: Int { min(queries, Self.queryBlock) }
  var blockCount: Int { queries == 0 ? 0 : queries.dividedRoundingUp(by: blockRows) }

  func rows(ofBlock block: Int) -> Range<Int> {
    block * blockRows..<min(queries, (block + 1) * blockRows)
  }
}

/// One head's scores of a few queries, with the keys that any of them attends to.
struct AttentionBlock {
  private let attention: Attention
  private let call: KernelCall
  private let sizes: AttentionSizes
  private let batch: Int
  private let head: Int
  let rows: Range<Int>
  /// The place of the first query among the keys.
  private let start: Int
  let seen: Range<Int>
  /// The number of keys: scores are rows of that width.
  var width: Int { seen.count }

  init(
    _ attention: Attention, _ call: KernelCall, _ sizes: AttentionSizes, batch: Int, head: Int,
    _ rows: Range<Int>, start: Int = 0
  ) {
    self.attention = attention
    self.call = call
    self.sizes = sizes
    self.batch = batch
    self.head = head
    self.rows = rows
    self.start = start
    seen = attention.visible(from: start + rows.lowerBound..<start + rows.upperBound)
      .clamped(to: 0..<sizes.keys)
  }

  /// The head of keys and values that this one shares with others.
  var group: Int { head / (attention.heads / attention.keyValueHeads) }

  /// The part of a value with a row for each query that belongs to this block.
  func queryFactor(_ view: NumberView, size: Int) -> MatrixFactor {
    MatrixFactor(view, row: firstQuery, column: head * size)
  }

  /// The part of a value with a row for each key that this block attends to.
  func keyFactor(_ view: NumberView, size: Int, isTransposed: Bool = false) -> MatrixFactor {
    MatrixFactor(view, row: firstKey, column: group * size, isTransposed: isTransposed)
  }

  /// Where the same parts of results begin.
  func queryPart(of view: NumberView, size: Int) -> UnsafeMutablePointer<Float> {
    view.row(firstQuery) + head * size
  }

  func keyPart(of view: NumberView, size: Int) -> UnsafeMutablePointer<Float> {
    view.row(firstKey) + group * size
  }

  private var firstQuery: Int { batch * sizes.queries + rows.lowerBound }
  private var firstKey: Int { batch * sizes.keys + seen.lowerBound }

  /// The block's numbers as a factor: rounded where query, key and value are, into a space that may be
  /// where the numbers are.
  func factor(
    _ numbers: UnsafePointer<Float>, roundedInto space: UnsafeMutablePointer<Float>
  ) -> MatrixFactor {
    guard call.operands[0].element == .bfloat16 else {
      return MatrixFactor(start: numbers, stride: width)
    }
    let halves = UnsafeMutableRawPointer(space).assumingMemoryBound(to: UInt16.self)
    ck_round_bf16(rows.count * width, numbers, halves)
    return MatrixFactor(start: halves, element: .bfloat16, stride: width)
  }

  /// Computes the attention weights before dropout: zero where a key is masked.
  /// - Parameter slopes: Where the slopes of soft-capping at all scores are wanted.
  func weigh(
    into scores: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>? = nil
  ) {
    let (q, k) = (call.operands[0], call.operands[1])
    multiply(
      queryFactor(q, size: sizes.size), keyFactor(k, size: sizes.size, isTransposed: true),
      rows: rows.count, columns: width, depth: sizes.size, scale: Float(attention.scale),
      to: scores, stride: width)
    if let cap = attention.softCap { Self.cap(rows.count * width, Float(cap), scores, slopes) }
    let distances = attention.isALiBi ? distances() : []
    for (index, row) in rows.enumerated() {
      let line = scores + index * width
      if attention.isALiBi { ck_add(width, line, distances, line) }
      if attention.hasBias {
        let bias = call.operands[attention.hasMask ? 4 : 3]
        ck_add(width, line, bias.row(head * sizes.queries + row) + seen.lowerBound, line)
      }
      if attention.hasMask {
        ck_hide(width, call.operands[3].mask(batch) + seen.lowerBound, line)
      }
      let own = ownKeys(of: row)
      line.update(repeating: 0, count: own.lowerBound)
      ck_softmax(own.count, line + own.lowerBound, line + own.lowerBound)
      (line + own.upperBound).update(repeating: 0, count: width - own.upperBound)
    }
  }

  /// Scores as `cap · tanh(score / cap)`, and the slopes there.
  private static func cap(
    _ count: Int, _ cap: Float, _ scores: UnsafeMutablePointer<Float>,
    _ slopes: UnsafeMutablePointer<Float>?
  ) {
    ck_scale(count, 1 / cap, scores, scores)
    ck_activate(CK_TANH, count, scores, scores)
    if let slopes {
      for index in 0..<count { slopes[index] = 1 - scores[index] * scores[index] }
    }
    ck_scale(count, cap, scores, scores)
  }

  /// What ALiBi adds to the score of every key of the block.
  private func distances() -> [Float] {
    let slope = Float(attention.slope(ofHead: head))
    guard attention.hasMask else { return seen.map { slope * Float($0) } }
    let mask = call.operands[3].mask(batch)
    var place = (0..<seen.lowerBound).reduce(-1) { $0 + (mask[$1] == 0 ? 0 : 1) }
    return seen.map { key in
      guard mask[key] != 0 else { return 0 }
      place += 1
      return slope * Float(place)
    }
  }

  /// Drops entries of the weights, or of their gradients.
  func drop(
    _ stream: DropoutStream, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    let fullLength = max(sizes.queries, call.fullLength)
    for (index, row) in rows.enumerated() {
      let own = ownKeys(of: row)
      let start = index * width + own.lowerBound
      stream.drop(
        own.count, seed: call.seed, row: (batch * attention.heads + head) * fullLength + row,
        first: seen.lowerBound + own.lowerBound, x + start, into: y + start)
    }
  }

  /// The keys that one query attends to by position, as columns of the block.
  private func ownKeys(of row: Int) -> Range<Int> {
    let own = attention.visible(from: start + row).clamped(to: seen)
    return own.lowerBound - seen.lowerBound..<own.upperBound - seen.lowerBound
  }
}

extension Attention {
  /// What ALiBi adds to a head's scores from one key to the next: `2^(−8 (h + 1) / n)` for head h of n where n is a
  /// power of two. Otherwise these are the slopes of the next smaller power of two, then every second one of
  /// twice as many heads.
  func slope(ofHead head: Int) -> Double {
    var power = 1
    while 2 * power <= heads { power *= 2 }
    let (place, count) = head < power ? (head + 1, power) : (2 * (head - power) + 1, 2 * power)
    return exp2(-8 * Double(place) / Double(count))
  }
}

extension AttentionSizes {
  /// Scores that all blocks of an attention compute, those of hidden keys within a block included.
  func scoreCount(of attention: Attention) -> Double {
    let scores = (0..<blockCount).reduce(0.0) { sum, number in
      let rows = rows(ofBlock: number)
      let seen = attention.visible(from: rows).clamped(to: 0..<keys)
      return sum + Double(rows.count) * Double(seen.count)
    }
    return Double(batch) * Double(attention.heads) * scores
  }
}

extension Attention {
  /// The keys that any of some queries may attend to by position.
  fileprivate func visible(from rows: Range<Int>) -> Range<Int> {
    visible(from: rows.lowerBound).lowerBound..<visible(from: rows.upperBound - 1).upperBound
  }

  /// The keys that a query may attend to by position.
  fileprivate func visible(from row: Int) -> Range<Int> {
    let end = isCausal ? row + 1 : window.map { $0 < Int.max - row ? row + $0 : Int.max } ?? Int.max
    let start = window.map { max(0, row + 1 - $0) } ?? 0
    return start..<max(start, end)
  }
}
