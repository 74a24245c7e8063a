internal import CKernels
import ModelGraph

/// Attention block by block: a task takes one head and a few queries, and holds their scores alone.
extension Attention: Kernel {
  var readsParts: Bool { true }

  private static let queryBlock = 64

  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    4 * Self.blockRows(operands[0].layout.shape[1]) * operands[1].layout.shape[1]
  }

  private static func blockRows(_ queries: Int) -> Int { min(queries, queryBlock) }

  func run(_ call: KernelCall) { run(call, dropping: nil) }

  /// - Parameter stream: Where dropout on the weights takes its numbers from; none outside training.
  func run(_ call: KernelCall, dropping stream: DropoutStream?) {
    let (q, k, v) = (call.operands[0], call.operands[1], call.operands[2])
    let sizes = AttentionSizes(self, q.layout, k.layout, v.layout)
    let block = Self.blockRows(sizes.queries)
    guard block > 0 else { return }
    let blocks = sizes.queries.dividedRoundingUp(by: block)
    call.workers.run(sizes.batch * heads * blocks) { task, scratch in
      // Late blocks see the most keys; beginning with them leaves the short tasks for the end.
      let first = (blocks - 1 - task / (sizes.batch * heads)) * block
      let (batch, head) = (task / heads % sizes.batch, task % heads)
      let rows = first..<min(sizes.queries, first + block)
      attend(
        call, sizes, batch: batch, head: head, rows,
        scores: scratch.assumingMemoryBound(to: Float.self), stream)
    }
  }

  private func attend(
    _ call: KernelCall, _ sizes: AttentionSizes, batch: Int, head: Int, _ rows: Range<Int>,
    scores: UnsafeMutablePointer<Float>, _ stream: DropoutStream?
  ) {
    let (q, k, v) = (call.operands[0], call.operands[1], call.operands[2])
    let group = head / (heads / keyValueHeads)
    let keys =
      visible(from: rows.lowerBound).lowerBound..<visible(from: rows.upperBound - 1).upperBound
    let seen = keys.clamped(to: 0..<sizes.keys)
    let width = seen.count
    let query = MatrixFactor(
      start: q.row(batch * sizes.queries + rows.lowerBound) + head * sizes.size, stride: q.stride)
    let key = MatrixFactor(
      start: k.row(batch * sizes.keys + seen.lowerBound) + group * sizes.size, stride: k.stride,
      isTransposed: true)
    multiply(
      query, key, rows: rows.count, columns: width, depth: sizes.size, scale: Float(scale),
      to: scores, stride: width)
    for (index, row) in rows.enumerated() {
      let line = scores + index * width
      if hasBias, let bias = call.operands.last {
        ck_add(width, line, bias.row(head * sizes.queries + row) + seen.lowerBound, line)
      }
      if hasMask {
        ck_hide(width, call.operands[3].mask(batch) + seen.lowerBound, line)
      }
      let own = visible(from: row).clamped(to: seen)
      let (start, end) = (own.lowerBound - seen.lowerBound, own.upperBound - seen.lowerBound)
      line.update(repeating: 0, count: start)
      ck_softmax(end - start, line + start, line + start)
      stream?.drop(
        end - start, seed: call.seed, row: (batch * heads + head) * sizes.queries + row,
        first: own.lowerBound, line + start, into: line + start)
      (line + end).update(repeating: 0, count: width - end)
    }
    let value = MatrixFactor(
      start: v.row(batch * sizes.keys + seen.lowerBound) + group * sizes.valueSize,
      stride: v.stride)
    multiply(
      MatrixFactor(start: scores, stride: width), value, rows: rows.count,
      columns: sizes.valueSize, depth: width,
      to: call.result.row(batch * sizes.queries + rows.lowerBound) + head * sizes.valueSize,
      stride: call.result.stride)
  }

  /// The keys that a query may see, as far as its place tells.
  private func visible(from row: Int) -> Range<Int> {
    let end = isCausal ? row + 1 : Int.max
    let start = window.map { max(0, row + 1 - $0) } ?? 0
    return start..<max(start, end)
  }
}

private struct AttentionSizes {
  let batch: Int
  let queries: Int
  let keys: Int
  /// Entries of a head's query and key.
  let size: Int
  /// Entries of a head's value.
  let valueSize: Int

  init(_ attention: Attention, _ q: Layout, _ k: Layout, _ v: Layout) {
    batch = q.shape[0]
    queries = q.shape[1]
    keys = k.shape[1]
    size = q.columns / attention.heads
    valueSize = v.columns / attention.keyValueHeads
  }
}
