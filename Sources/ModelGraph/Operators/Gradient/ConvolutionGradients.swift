/// The gradient of a convolution's input.
///
/// Operands: `gradient [batch, out, …]`, `weight [out, in / groups, …]`. Result: `[batch, in, …]`.
package struct ConvolutionInputGradient: GradientOperator {
  package static let name = "convolution_input_gradient"
  package let geometry: ConvolutionGeometry
  package let shape: Shape

  package init(_ geometry: ConvolutionGeometry, shape: Shape) {
    self.geometry = geometry
    self.shape = shape
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    try expect(operands[0], "the gradient", rank: shape.rank)
    return [ValueType(shape)]
  }
}

/// The gradient of a convolution's weight.
///
/// Operands: `x [batch, in, …]`, `gradient [batch, out, …]`. Result: the weight's shape.
package struct ConvolutionWeightGradient: GradientOperator {
  package static let name = "convolution_weight_gradient"
  package let geometry: ConvolutionGeometry
  package let shape: Shape

  package init(_ geometry: ConvolutionGeometry, shape: Shape) {
    self.geometry = geometry
    self.shape = shape
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    try expect(operands[1], "the gradient", rank: shape.rank)
    return [ValueType(shape)]
  }
}

/// The sum over every channel's places: the gradient of a bias of channels.
///
/// Operand: `gradient [batch, channels, …]`. Result: `[channels]`.
package struct ChannelSum: GradientOperator {
  package static let name = "channel_sum"
  package init() {}

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expect(operands[0], "the gradient", minimumRank: 2)
    return [ValueType([operands[0].shape.dimensions[1]])]
  }
}
