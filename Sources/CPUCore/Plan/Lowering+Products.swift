import ModelGraph

/// A dense product that nothing has read yet.
struct WaitingProduct {
  var kernel: DenseProduct
  var operands: [Operand]
  let module: String
}

extension Lowering {
  mutating func wait(
    _ product: WaitingProduct, for value: Value.ID
  ) throws(ProgramError) {
    waiting[value] = product
    if uses[value] != 1 { _ = try operand(of: value) }
  }

  /// Adds a product as a step of its own.
  mutating func addProduct(
    _ kernel: DenseProduct, _ operands: [Operand], shape: [Int], module: String
  ) throws(ProgramError) -> Operand {
    try builder.add(kernel, operands, results: [(shape, .float32)], module: module)[0]
  }

  /// Makes a node part of a product that only it reads, where it can be.
  mutating func absorb(_ node: Node) throws(ProgramError) -> Bool {
    guard node.results.count == 1, let result = node.results.first,
      let position = node.operands.lastIndex(where: { waiting[$0] != nil })
    else { return false }
    let value = node.operands[position]
    guard var product = waiting[value], shapes[value] == shapes[result] || node.operation is Permute
    else { return false }
    switch node.operation {
    case let activation as Activation:
      product.kernel.epilogue.append(.activation(activation.function))
    case let scale as Scale:
      product.kernel.epilogue.append(.scale(Float(scale.factor)))
    case is Dropout: break
    case let permute as Permute:
      guard permute.order == [1, 0], let transposed = product.kernel.transposed else {
        return false
      }
      product.kernel = transposed
      product.operands.swapAt(0, 1)
    case is Add, is Multiply:
      guard node.operands.count == 2 else { return false }
      let other = node.operands[1 - position]
      guard shapes[other] == shapes[result] else { return false }
      waiting[value] = nil
      product.operands.append(try operand(of: other))
      product.kernel.epilogue.append(node.operation is Add ? .add : .multiply)
    default: return false
    }
    waiting[value] = nil
    try wait(product, for: result)
    return true
  }
}
