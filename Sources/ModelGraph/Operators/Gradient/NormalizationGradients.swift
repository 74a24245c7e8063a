/// The gradient of a layer norm's input.
///
/// Operands: `x [..., width]`, `gradient [..., width]`, and the `weight [width]` where there is one.
/// Result: as `x`.
package struct LayerNormGradient: GradientOperator {
  package static let name = "layer_norm_gradient"
  package let epsilon: Double
  package init(epsilon: Double) { self.epsilon = epsilon }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try likeFirst(operands, count: 2...3)
  }
}

/// The gradient of an RMS norm's input.
///
/// Operands: `x [..., width]`, `gradient [..., width]`, `weight [size]`. Result: as `x`.
package struct RMSNormGradient: GradientOperator {
  package static let name = "rms_norm_gradient"
  package let epsilon: Double
  package let weightOffset: Double

  package init(epsilon: Double, weightOffset: Double) {
    self.epsilon = epsilon
    self.weightOffset = weightOffset
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try likeFirst(operands, count: 3...3)
  }
}

/// The gradient of an RMS norm's weight.
///
/// Operands: `x [..., width]`, `gradient [..., width]`. Result: `[size]`.
package struct RMSNormWeightGradient: GradientOperator {
  package static let name = "rms_norm_weight_gradient"
  package let epsilon: Double
  package let size: Dimension

  package init(epsilon: Double, size: Dimension) {
    self.epsilon = epsilon
    self.size = size
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    _ = try likeFirst(operands, count: 2...2)
    return [ValueType([size])]
  }
}

/// The gradient of a value that is scaled to norm 1. Operands: `x`, `gradient`. Result: as `x`.
package struct UnitLengthGradient: GradientOperator {
  package static let name = "unit_length_gradient"
  package init() {}

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try likeFirst(operands, count: 2...2)
  }
}

/// The gradient of a softmax. Operands: its result, `gradient`. Result: as both.
package struct SoftmaxGradient: GradientOperator {
  package static let name = "softmax_gradient"
  package init() {}

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try likeFirst(operands, count: 2...2)
  }
}

/// The gradient of an activation: the gradient times the slope at `x`. Operands: `x`, `gradient`.
/// Result: as both.
package struct ActivationGradient: GradientOperator {
  package static let name = "activation_gradient"
  package let function: Activation.Function
  package init(_ function: Activation.Function) { self.function = function }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try likeFirst(operands, count: 2...2)
  }
}

extension Operator {
  /// The type of the first operand, which the second one has, too.
  fileprivate func likeFirst(
    _ operands: [ValueType], count: ClosedRange<Int>
  ) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: count)
    try expectFloatingPoint(operands[0], "the value")
    guard operands[0].shape == operands[1].shape else {
      throw ShapeError(
        name,
        .sizes(left: "the value", operands[0].shape, right: "the gradient", operands[1].shape))
    }
    return [ValueType(operands[0].shape)]
  }
}
