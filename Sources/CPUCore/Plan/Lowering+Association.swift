import ModelGraph

/// A layer with an updated weight is `x · (W + s · P · Q)ᵀ`. There are two orders to multiply in: add
/// the update to the weight, or carry two thin products beside it. Which is cheaper depends on the
/// number of rows and on the depth of `P · Q`.
extension Lowering {
  /// Carries an update beside its weight where that is cheaper.
  mutating func associate(_ node: Node) throws(ProgramError) -> Bool {
    guard let linear = node.operation as? Linear, let result = node.results.first,
      let update = waiting[node.operands[1]].flatMap(WeightUpdateProduct.init),
      let x = shapes[node.operands[0]]
    else { return false }
    let (left, right) = linear.layout == .outIn ? (update.q, update.p) : (update.p, update.q)
    let isFlipped = linear.layout == .outIn
    let cost = AssociationCost(
      rows: x.dropLast().reduce(1, *), inputs: x.last ?? 1, outputs: shapes[result]?.last ?? 1,
      depth: update.depth, isHalf: update.weight.isHalf)
    guard cost.isCheaperBeside else { return false }
    waiting[node.operands[1]] = nil
    var operands = [try operand(of: node.operands[0]), update.weight]
    if node.operands.count == 3 { operands.append(try operand(of: node.operands[2])) }
    let rows = x.dropLast()
    let base = try addProduct(
      linear.product(operandCount: operands.count), operands, shape: shapes[result] ?? [],
      module: node.module)
    let thin = try addProduct(
      DenseProduct(
        transposesFirst: false, transposesSecond: left.isTransposed != isFlipped, hasBias: false),
      [operands[0], left.operand], shape: rows + [update.depth], module: node.module)
    let back = DenseProduct(
      transposesFirst: false, transposesSecond: right.isTransposed != isFlipped, hasBias: false,
      epilogue: update.scale + [.add])
    try wait(
      WaitingProduct(
        kernel: back, operands: [thin, right.operand, base], module: node.module), for: result)
    return true
  }
}

/// A waiting product that is a weight with its update: `W + s · P · Q`.
private struct WeightUpdateProduct {
  struct Factor {
    let operand: Operand
    let isTransposed: Bool
  }

  let p: Factor
  let q: Factor
  let weight: Operand
  /// The size that P and Q share.
  let depth: Int
  /// What comes between the product and the sum.
  let scale: [DenseProduct.Epilogue]

  init?(_ product: WaitingProduct) {
    let kernel = product.kernel
    let isScaled = if case .scale? = kernel.epilogue.first { true } else { false }
    guard !kernel.hasBias, kernel.epilogue.last == .add,
      kernel.epilogue.count == (isScaled ? 2 : 1),
      product.operands.allSatisfy({ $0.layout.shape.count == 2 })
    else { return nil }
    p = Factor(operand: product.operands[0], isTransposed: kernel.transposesFirst)
    q = Factor(operand: product.operands[1], isTransposed: kernel.transposesSecond)
    weight = product.operands[2]
    depth = p.operand.layout.shape[p.isTransposed ? 0 : 1]
    scale = Array(kernel.epilogue.dropLast())
  }
}

/// What both orders take, in operations; bytes that pass the caches count as operations, too.
struct AssociationCost {
  let rows: Int
  let inputs: Int
  let outputs: Int
  let depth: Int
  /// Whether the weight is stored in 16 bits, and has to be widened as a whole to be added to.
  let isHalf: Bool

  /// Operations in the time that a byte takes to come from memory, on two cores with AVX-512: some
  /// 200 GFLOP/s and 12 GB/s.
  private static let operationsPerByte = 16.0

  var isCheaperBeside: Bool { beside < added }

  /// The weight is read, the sum written and read again.
  private var added: Double {
    let entries = Double(inputs) * Double(outputs)
    let bytes = isHalf ? 18.0 : 12.0
    return entries * (2 * Double(depth) + Self.operationsPerByte * bytes)
  }

  /// The input is read again, the thin result written and read, the result read and written again.
  private var beside: Double {
    let (rows, depth) = (Double(rows), Double(depth))
    let bytes = 4 * (Double(inputs) + 2 * depth + 2 * Double(outputs))
    return rows * (2 * depth * Double(inputs + outputs) + Self.operationsPerByte * bytes)
      + Self.operationsPerByte * 4 * depth * Double(inputs + outputs)
  }
}
