/// `y = x · Wᵀ + b` over the last axis.
///
/// Operands: `x [..., in]`, `weight [out, in]` or `[in, out]` as `layout` says, and perhaps
/// `bias [out]`. Result: `[..., out]`.
package struct Linear: WeightedOperator {
  package static let name = "linear"

  /// The order of a weight's two axes.
  package enum Layout: String, Hashable, Sendable {
    /// `[out, in]`, as PyTorch's `Linear` stores it.
    case outIn = "out_in"
    /// `[in, out]`, as GPT-2's `Conv1D` stores it.
    case inOut = "in_out"
  }

  package let layout: Layout

  package init(layout: Layout = .outIn) { self.layout = layout }

  package var takesBias: Bool { true }
  package var multipliedOperands: [Int] { [0, 1] }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...3)
    let (x, weight) = (operands[0], operands[1])
    try expectFloatingPoint(x, "the input")
    try expectFloatingPoint(weight, "the weight")
    try expect(weight, "the weight", rank: 2)
    let axes = weight.shape.dimensions
    let (outputs, inputs) = layout == .outIn ? (axes[0], axes[1]) : (axes[1], axes[0])
    try expect(x, "the input", width: inputs)
    if operands.count == 3 {
      try expect(operands[2], "the bias", rank: 1)
      try expect(operands[2], "the bias", width: outputs)
    }
    return [ValueType(x.shape.replacingLast(with: outputs))]
  }
}

/// The product of two stacks of matrices, the first perhaps transposed, or the second.
///
/// Operands: `a [..., m, k]` and `b [..., k, n]`, before transposing. Result: `[..., m, n]`.
package struct MatrixProduct: Operator {
  package static let name = "matmul"
  package let transposesFirst: Bool
  package let transposesSecond: Bool

  package var multipliedOperands: [Int] { [0, 1] }

  package init(transposesFirst: Bool = false, transposesSecond: Bool = false) {
    self.transposesFirst = transposesFirst
    self.transposesSecond = transposesSecond
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    let (a, b) = (operands[0], operands[1])
    for (type, operand) in zip(operands, ["the first factor", "the second factor"]) {
      try expectFloatingPoint(type, operand)
      try expect(type, operand, minimumRank: 2)
    }
    var left = Array(a.shape.dimensions.suffix(2))
    var right = Array(b.shape.dimensions.suffix(2))
    if transposesFirst { left.swapAt(0, 1) }
    if transposesSecond { right.swapAt(0, 1) }
    let stacks = [a, b].map { Shape(Array($0.shape.dimensions.dropLast(2))) }
    guard left[1] == right[0], let stack = broadcast(stacks[0], stacks[1]) else {
      throw ShapeError(
        name, .sizes(left: "the first factor", a.shape, right: "the second factor", b.shape))
    }
    return [ValueType(Shape(stack.dimensions + [left[0], right[1]]))]
  }
}
