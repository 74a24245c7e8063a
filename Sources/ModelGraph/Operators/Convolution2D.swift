/// A two-dimensional convolution without padding.
///
/// Operands: `x [batch, in, height, width]`, `weight [out, in, kernel, kernel]`, and perhaps
/// `bias [out]`. Result: `[batch, out, (height − kernel) / stride + 1, …]`.
package struct Convolution2D: WeightedOperator {
  package static let name = "conv2d"
  package let stride: Int
  package init(stride: Int) { self.stride = stride }

  package var takesBias: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...3)
    let (x, weight) = (operands[0], operands[1])
    try expectFloatingPoint(x, "the input")
    try expect(x, "the input", rank: 4)
    try expect(weight, "the weight", rank: 4)
    try expect("the stride", stride, atLeast: 1)
    let (image, kernel) = (x.shape.dimensions, weight.shape.dimensions)
    guard image[1] == kernel[1] else {
      throw ShapeError(name, .sizes(left: "the input", x.shape, right: "the weight", weight.shape))
    }
    if operands.count == 3 {
      try expect(operands[2], "the bias", rank: 1)
      try expect(operands[2], "the bias", width: kernel[0])
    }
    var result = [image[0], kernel[0]]
    for axis in 2...3 {
      guard let size = image[axis].size else {
        throw ShapeError(name, .unknownSize(operand: "the input", x.shape))
      }
      guard let window = kernel[axis].size else {
        throw ShapeError(name, .unknownSize(operand: "the weight", weight.shape))
      }
      guard 1 <= window, window <= size else {
        throw ShapeError(
          name, .sizes(left: "the input", x.shape, right: "the weight", weight.shape))
      }
      result.append(.size((size - window) / stride + 1))
    }
    return [ValueType(Shape(result), x.element)]
  }
}

/// An image of features as a sequence: `[batch, features, height, width]` becomes
/// `[batch, height · width, features]`.
package struct Patches: Operator {
  package static let name = "patches"
  package init() {}

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expect(operands[0], "the input", rank: 4)
    let axes = operands[0].shape.dimensions
    guard let height = axes[2].size, let width = axes[3].size else {
      throw ShapeError(name, .unknownSize(operand: "the input", operands[0].shape))
    }
    let (count, overflow) = height.multipliedReportingOverflow(by: width)
    guard !overflow else { throw ShapeError(name, .overflow("the number of patches")) }
    return [ValueType([axes[0], .size(count), axes[1]], operands[0].element)]
  }
}
