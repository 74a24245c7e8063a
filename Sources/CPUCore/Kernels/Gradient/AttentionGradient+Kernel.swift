import CKernels
import ModelGraph

/// Attention's backward pass: a task takes the heads that share keys and values, so that no two tasks
/// add to the same entries, and recomputes their attention weights.
extension AttentionGradient: Kernel {
  var readsParts: Bool { true }

  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    (attention.softCap == nil ? 2 : 3)
      * attention.scratchBytes(operands: operands, results: results)
  }

  /// The scores once more, and the gradients of query, key, value and weights.
  func products(in step: Step) -> [StepProduct] {
    let sizes = AttentionSizes(
      attention, step.operands[0].layout, step.operands[1].layout, step.operands[2].layout)
    let depth = Double(3 * sizes.size + 2 * sizes.valueSize)
    return [
      StepProduct(module: step.module, operations: 2 * sizes.scoreCount(of: attention) * depth)
    ]
  }

  func run(_ call: KernelCall) { run(call, dropping: nil) }

  func run(_ call: KernelCall, dropping stream: DropoutStream?) {
    let layouts = call.operands.map(\.layout)
    let sizes = AttentionSizes(attention, layouts[0], layouts[1], layouts[2])
    let groups = attention.keyValueHeads
    guard needsBias else {
      call.workers.run(sizes.batch * groups) { task, scratch in
        pass(call, sizes, batch: task / groups, group: task % groups, scratch, stream)
      }
      return
    }
    // All batches add to the same bias.
    call.workers.run(groups) { group, scratch in
      for batch in 0..<sizes.batch {
        pass(call, sizes, batch: batch, group: group, scratch, stream)
      }
    }
  }

  /// Adds up what the heads of a group pass back.
  private func pass(
    _ call: KernelCall, _ sizes: AttentionSizes, batch: Int, group: Int,
    _ scratch: UnsafeMutableRawPointer, _ stream: DropoutStream?
  ) {
    for row in batch * sizes.keys..<(batch + 1) * sizes.keys {
      (call.results[1].row(row) + group * sizes.size).update(repeating: 0, count: sizes.size)
      (call.results[2].row(row) + group * sizes.valueSize).update(
        repeating: 0, count: sizes.valueSize)
    }
    let count = attention.heads / attention.keyValueHeads
    for head in group * count..<(group + 1) * count {
      for number in 0..<sizes.blockCount {
        let block = AttentionBlock(
          attention, call, sizes, batch: batch, head: head, sizes.rows(ofBlock: number))
        pass(block, call, sizes, scratch, stream)
        if needsBias { addBias(block, call, sizes, batch: batch, head: head, scratch) }
      }
    }
  }

  /// With weights P and the result's gradient G: `dV += Pᵀ G`, `dP = G Vᵀ`, `dS = P ∘ (dP − rows of
  /// P ∘ dP summed)`, `dQ = dS K`, `dK += dSᵀ Q`. Leaves dS in the second half of the scratch memory.
  private func pass(
    _ block: AttentionBlock, _ call: KernelCall, _ sizes: AttentionSizes,
    _ scratch: UnsafeMutableRawPointer, _ stream: DropoutStream?
  ) {
    let (q, k, v) = (call.operands[0], call.operands[1], call.operands[2])
    let (dQ, dK, dV) = (call.results[0], call.results[1], call.results[2])
    let (rows, width) = (block.rows.count, block.width)
    let weights = scratch.assumingMemoryBound(to: Float.self)
    let other = weights + sizes.blockRows * sizes.keys
    let slopes = attention.softCap.map { _ in other + sizes.blockRows * sizes.keys }
    block.weigh(into: weights, slopes: slopes)
    var dropped = weights
    if let stream {
      other.update(from: weights, count: rows * width)
      block.drop(stream, weights, into: other)
      dropped = other
    }
    let upstream = block.queryFactor(
      call.operands[call.operands.count - 1], size: sizes.valueSize)
    multiply(
      block.factor(dropped, roundedInto: other).transposed, upstream, rows: width,
      columns: sizes.valueSize, depth: rows, adding: true,
      to: block.keyPart(of: dV, size: sizes.valueSize), stride: dV.stride)
    multiply(
      upstream,
      block.keyFactor(v, size: sizes.valueSize, isTransposed: true),
      rows: rows, columns: width, depth: sizes.valueSize, to: other, stride: width)
    if let stream { block.drop(stream, other, into: other) }
    for row in 0..<rows {
      ck_softmax_gradient(width, weights + row * width, other + row * width, other + row * width)
    }
    // Those of scores that were not capped yet; `other` keeps what a bias reads.
    if let slopes { ck_multiply(rows * width, other, slopes, weights) }
    let scores = block.factor(slopes == nil ? other : weights, roundedInto: weights)
    multiply(
      scores, block.keyFactor(k, size: sizes.size), rows: rows, columns: sizes.size, depth: width,
      scale: Float(attention.scale),
      to: block.queryPart(of: dQ, size: sizes.size), stride: dQ.stride)
    multiply(
      scores.transposed, block.queryFactor(q, size: sizes.size), rows: width, columns: sizes.size,
      depth: rows, scale: Float(attention.scale), adding: true,
      to: block.keyPart(of: dK, size: sizes.size), stride: dK.stride)
  }

  private func addBias(
    _ block: AttentionBlock, _ call: KernelCall, _ sizes: AttentionSizes, batch: Int, head: Int,
    _ scratch: UnsafeMutableRawPointer
  ) {
    let scores = scratch.assumingMemoryBound(to: Float.self) + sizes.blockRows * sizes.keys
    for (index, row) in block.rows.enumerated() {
      let line = call.results[3].row(head * sizes.queries + row)
      if batch == 0 { line.update(repeating: 0, count: sizes.keys) }
      let part = line + block.seen.lowerBound
      ck_add(block.width, part, scores + index * block.width, part)
    }
  }
}

extension AttentionGradient: DropoutOperator, DroppableKernel {
  func dropping(_ stream: DropoutStream) -> any Kernel { Dropping(base: self, stream: stream) }
}
