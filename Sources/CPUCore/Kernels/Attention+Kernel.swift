import ModelGraph

/// Attention block by block: a task takes one head and a few queries, and holds their scores alone.
extension Attention: Kernel {
  /// Products of a query's and a key's entries up to which one thread computes all.
  private static let smallCount = 1 << 18

  var readsParts: Bool { true }

  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    let layouts = operands.map(\.layout)
    let sizes = AttentionSizes(self, layouts[0], layouts[1], layouts[2])
    return 4 * sizes.blockRows * sizes.keys
  }

  /// The scores, and the weighted values.
  func products(in step: Step) -> [StepProduct] {
    let sizes = AttentionSizes(
      self, step.operands[0].layout, step.operands[1].layout, step.operands[2].layout)
    let depth = Double(sizes.size + sizes.valueSize)
    return [
      StepProduct(module: step.module, operations: 2 * sizes.scoreCount(of: self) * depth)
    ]
  }

  func run(_ call: KernelCall) { run(call, dropping: nil) }

  func run(_ call: KernelCall, dropping stream: DropoutStream?) {
    run(call, dropping: stream) { _ in 0 }
  }

  /// - Parameters:
  ///   - stream: The random numbers of dropout on the weights; none outside training.
  ///   - start: The place of a row's first query among its keys.
  func run(
    _ call: KernelCall, dropping stream: DropoutStream?, from start: (_ row: Int) -> Int
  ) {
    let (q, k, v) = (call.operands[0], call.operands[1], call.operands[2])
    let sizes = AttentionSizes(self, q.layout, k.layout, v.layout)
    let blocks = sizes.blockCount
    // Of one query each, for example.
    let isSmall = sizes.batch * heads * sizes.queries * sizes.keys * sizes.size < Self.smallCount
    call.workers.run(sizes.batch * heads * blocks, isSmall: isSmall) { task, scratch in
      // Under a causal mask late blocks have the most keys; starting with them balances the threads.
      let rows = sizes.rows(ofBlock: blocks - 1 - task / (sizes.batch * heads))
      let batch = task / heads % sizes.batch
      let block = AttentionBlock(
        self, call, sizes, batch: batch, head: task % heads, rows, start: start(batch))
      let weights = scratch.assumingMemoryBound(to: Float.self)
      block.weigh(into: weights)
      if let stream { block.drop(stream, weights, into: weights) }
      multiply(
        block.factor(weights, roundedInto: weights), block.keyFactor(v, size: sizes.valueSize),
        rows: rows.count, columns: sizes.valueSize, depth: block.width,
        to: block.queryPart(of: call.result, size: sizes.valueSize), stride: call.result.stride)
    }
  }
}
