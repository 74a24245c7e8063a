/// The gradient of a linear layer's weight: every row's outer product, summed.
///
/// Operands: `x [..., in]`, `gradient [..., out]`. Result: `[out, in]` or `[in, out]` as `layout` says.
package struct LinearWeightGradient: GradientOperator {
  package static let name = "linear_weight_gradient"
  package let layout: Linear.Layout
  package init(layout: Linear.Layout) { self.layout = layout }

  package var multipliedOperands: [Int] { [0, 1] }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    let inputs = Dimension.size(try width(of: operands[0], "the input"))
    let outputs = Dimension.size(try width(of: operands[1], "the gradient"))
    return [ValueType(layout == .outIn ? [outputs, inputs] : [inputs, outputs])]
  }
}

/// The gradient of an embedding's table: each row's gradient added to the row that its index names.
///
/// Operands: `indices [...]`, `gradient [..., size]`. Result: `[count, size]`; zeros in the row of
/// `padding`.
package struct EmbeddingGradient: GradientOperator {
  package static let name = "embedding_gradient"
  package let count: Dimension
  package let padding: Int?

  package init(count: Dimension, padding: Int? = nil) {
    self.count = count
    self.padding = padding
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    try expectIndices(operands[0], "the indices")
    return [ValueType([count, .size(try width(of: operands[1], "the gradient"))])]
  }
}
