import ModelGraph

/// An operator that becomes part of the product whose only reader it is. Others are steps of their own.
protocol AbsorbedOperator: Operator {
  /// What it makes of the product; nil where its attributes do not allow it.
  var absorption: Absorption? { get }
  /// The operand that must be the product; any of them where nil.
  var absorbedOperand: Int? { get }
}

extension AbsorbedOperator {
  var absorbedOperand: Int? { nil }
}

/// What an operator makes of a product that it is absorbed by.
enum Absorption {
  /// Every entry by itself, or together with that of another operand of the same shape.
  case entrywise([DenseProduct.Epilogue])
  /// Rows and columns change places.
  case transposed
  /// Every entry is rounded at the end.
  case rounded(ElementType)
}

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

  /// The operands of a product, with those unpacked that it cannot read packed: more than one factor, a factor
  /// for a stack of others, and what is no part of the matrix that was packed.
  mutating func unpacked(
    _ operands: [Operand], of product: DenseProduct, module: String
  ) throws(ProgramError) -> [Operand] {
    var operands = operands
    for index in operands.indices where operands[index].element == .ternary {
      if index < 2 {
        let other = operands[1 - index]
        let isStack = other.layout.shape.count > 2 && (index == 0 || product.transposesFirst)
        if !isStack, other.element != .ternary, isPartOfPackedMatrix(operands[index]) { continue }
      }
      operands[index] = try builder.copied(operands[index], module: module)
    }
    return operands
  }

  /// Parameters are packed as matrices of their first axis.
  private func isPartOfPackedMatrix(_ operand: Operand) -> Bool {
    guard case .parameter(let id) = operand.place, operand.layout.shape.count == 2 else {
      return false
    }
    let columns = graph[id].shape.dropFirst().reduce(1, *)
    let start = operand.start % max(1, columns)
    return (operand.layout.stride == columns || operand.layout.rows == 1)
      && start + operand.layout.columns <= columns
  }

  /// Makes a node part of a product that only it reads, where it can be.
  mutating func absorb(_ node: Node) throws(ProgramError) -> Bool {
    if try absorbSum(node) { return true }
    guard let operation = node.operation as? any AbsorbedOperator,
      let absorption = operation.absorption,
      node.results.count == 1, let result = node.results.first,
      let position = operation.absorbedOperand
        ?? node.operands.lastIndex(where: { waiting[$0] != nil }),
      var product = waiting[node.operands[position]]
    else { return false }
    let value = node.operands[position]
    guard product.kernel.element == .float32 else { return false }
    switch absorption {
    case .rounded(let element):
      product.kernel.element = element
      waiting[value] = nil
    case .transposed:
      guard let transposed = product.kernel.transposed else { return false }
      product.kernel = transposed
      product.operands.swapAt(0, 1)
      waiting[value] = nil
    case .entrywise(let epilogue):
      var others = node.operands
      others.remove(at: position)
      guard others.count == epilogue.count(where: \.readsOperand),
        ([value] + others).allSatisfy({ shapes[$0] == shapes[result] })
      else { return false }
      waiting[value] = nil
      for other in others { product.operands.append(try operand(of: other)) }
      product.kernel.epilogue += epilogue
    }
    try wait(product, for: result)
    return true
  }

  /// Makes the sum of two products, which only it reads, one product.
  private mutating func absorbSum(_ node: Node) throws(ProgramError) -> Bool {
    guard node.operation is Add, node.operands.count == 2,
      let first = waiting[node.operands[0]], let second = waiting[node.operands[1]],
      shapes[node.operands[0]] == shapes[node.operands[1]],
      let sum = first.adding(second) ?? second.adding(first)
    else { return false }
    for operand in node.operands { waiting[operand] = nil }
    try wait(sum, for: node.results[0])
    return true
  }
}
