/// The gradients of attention's query, key and value, and of its bias where that is needed.
///
/// Operands: those of the attention, then `gradient [batch, s, heads · valueSize]`. Scores are
/// recomputed instead of being kept. Results: as query, key, value, and `[1, heads, s, t]`.
package struct AttentionGradient: GradientOperator {
  package static let name = "attention_gradient"
  package let attention: Attention
  package let needsBias: Bool

  package init(_ attention: Attention, needsBias: Bool) {
    self.attention = attention
    self.needsBias = needsBias
  }

  package var multipliedOperands: [Int] {
    attention.multipliedOperands + [3 + (attention.hasMask ? 1 : 0) + (attention.hasBias ? 1 : 0)]
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard let gradient = operands.last else {
      throw ShapeError(name, .operandCount(expected: "at least 4", found: operands.count))
    }
    let result = try attention.results(of: operands.dropLast())[0]
    guard result.shape == gradient.shape else {
      throw ShapeError(
        name, .sizes(left: "the result", result.shape, right: "the gradient", gradient.shape))
    }
    let bias = needsBias ? operands.dropLast().suffix(1) : []
    return (operands.prefix(3) + bias).map { ValueType($0.shape) }
  }
}

extension AttentionGradient: DroppingOperator {
  package var dropoutRate: Double { attention.dropout }
  package var stream: Int? { attention.stream }

  package func dropping(rate: Double, stream: Int?) -> AttentionGradient {
    AttentionGradient(attention.dropping(rate: rate, stream: stream), needsBias: needsBias)
  }
}

/// The gradient of a rotation: the rotation back. Operand: `gradient`. Result: as the operand.
package struct RotaryGradient: GradientOperator {
  package static let name = "rotary_gradient"
  package let rotary: Rotary
  package init(_ rotary: Rotary) { self.rotary = rotary }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try rotary.results(of: operands)
  }
}

/// The gradient of T5's table of biases. Operand: `gradient [1, heads, s, t]`. Result: `[buckets,
/// heads]`.
package struct RelativePositionBiasGradient: GradientOperator {
  package static let name = "relative_position_bias_gradient"
  package let bias: RelativePositionBias
  package let buckets: Dimension

  package init(_ bias: RelativePositionBias, buckets: Dimension) {
    self.bias = bias
    self.buckets = buckets
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expect(operands[0], "the gradient", rank: 4)
    return [ValueType([buckets, operands[0].shape.dimensions[1]])]
  }
}
