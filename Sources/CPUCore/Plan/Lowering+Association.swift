import ModelGraph

/// A layer with an updated weight is `x · (W + s · P · Q)ᵀ`. There are two orders to multiply in: add
/// the update to the weight, or carry two thin products beside it. Which is cheaper depends on the
/// number of rows and on the depth of `P · Q`. A layer whose weight is an update alone (the branch of
/// an adapter with dropout) has the same choice.
extension Lowering {
  /// Carries an update beside its weight where that is cheaper.
  mutating func associate(_ node: Node) throws(ProgramError) -> Bool {
    guard let linear = node.operation as? Linear, let result = node.results.first,
      let update = waiting[node.operands[1]].flatMap(WeightUpdateProduct.init),
      let x = shapes[node.operands[0]], let y = shapes[result],
      update.weight != nil || node.operands.count == 2
    else { return false }
    let cost = AssociationCost(
      rows: x.dropLast().reduce(1, *), inputs: x.last ?? 1, outputs: y.last ?? 1,
      depth: update.depth, weight: update.weight?.element)
    guard cost.isCheaperBeside else { return false }
    waiting[node.operands[1]] = nil
    let input = try operand(of: node.operands[0])
    // With a weight [out, in] both factors are read transposed, the last one first.
    let isFlipped = linear.layout == .outIn
    let (first, second) = isFlipped ? (update.q, update.p) : (update.p, update.q)
    var operands: [Operand] = []
    if let weight = update.weight {
      let bias = try node.operands.dropFirst(2).map { value throws(ProgramError) in
        try operand(of: value)
      }
      operands = [
        try addProduct(
          linear.product(operandCount: node.operands.count), [input, weight] + bias, shape: y,
          module: node.module)
      ]
    }
    let thin = try addProduct(
      DenseProduct(
        transposesFirst: false, transposesSecond: first.isTransposed != isFlipped, hasBias: false),
      [input, first.operand], shape: x.dropLast() + [update.depth], module: node.module)
    let back = DenseProduct(
      transposesFirst: false, transposesSecond: second.isTransposed != isFlipped, hasBias: false,
      epilogue: update.scale + (operands.isEmpty ? [] : [.add]))
    try wait(
      WaitingProduct(
        kernel: back, operands: [thin, second.operand] + operands, module: node.module),
      for: result)
    return true
  }
}

/// A waiting product that is an update, or a weight with its update: `W + s · P · Q`.
private struct WeightUpdateProduct {
  struct Factor {
    let operand: Operand
    let isTransposed: Bool
  }

  let p: Factor
  let q: Factor
  /// The weight that is added; nil for the update alone.
  let weight: Operand?
  /// The size that P and Q share.
  let depth: Int
  /// What comes between the product and the sum.
  let scale: [DenseProduct.Epilogue]

  init?(_ product: WaitingProduct) {
    let kernel = product.kernel
    var rest = kernel.epilogue[...]
    if rest.last == .add { rest.removeLast() }
    let isPlain =
      switch rest.first {
      case nil: true
      case .scale: rest.count == 1
      default: false
      }
    guard !kernel.hasBias, isPlain,
      product.operands.allSatisfy({ $0.layout.shape.count == 2 })
    else { return nil }
    p = Factor(operand: product.operands[0], isTransposed: kernel.transposesFirst)
    q = Factor(operand: product.operands[1], isTransposed: kernel.transposesSecond)
    weight = product.operands.count == 3 ? product.operands[2] : nil
    depth = p.operand.layout.shape[p.isTransposed ? 0 : 1]
    scale = Array(rest)
  }
}

/// What both orders take, in operations; bytes that pass the caches count as operations, too.
struct AssociationCost {
  let rows: Int
  let inputs: Int
  let outputs: Int
  let depth: Int
  /// What the weight is stored in; nil where there is an update alone.
  let weight: ElementType?

  /// Operations in the time that a byte takes to come from memory, on two cores with AVX-512: some
  /// 200 GFLOP/s and 12 GB/s.
  private static let operationsPerByte = 16.0

  var isCheaperBeside: Bool { beside < added }

  /// The weight is read, perhaps widened as a whole, the sum written and read again. An update alone
  /// is multiplied with where a layer's own weight would be anyway.
  private var added: Double {
    let entries = Double(inputs) * Double(outputs)
    let bytes = weight.map { $0.isHalf ? 18.0 : 12.0 } ?? 8
    let product = weight == nil ? 2 * Double(rows) * entries : 0
    return product + entries * (2 * Double(depth) + Self.operationsPerByte * bytes)
  }

  /// The input is read again, the thin result written and read, the result read and written again.
  private var beside: Double {
    let (rows, depth) = (Double(rows), Double(depth))
    let bytes = 4 * (Double(inputs) + 2 * depth + 2 * Double(outputs))
    return rows * (2 * depth * Double(inputs + outputs) + Self.operationsPerByte * bytes)
      + Self.operationsPerByte * 4 * depth * Double(inputs + outputs)
  }
}
