import PeftBasics

/// A value among zeros: the reverse of a slice.
///
/// Operand: the part. Result: `shape`, in which the part begins at `start` along `axis`.
package struct Pad: GradientOperator {
  package static let name = "pad"
  package let axis: Int
  package let start: Int
  package let shape: Shape

  package init(axis: Int, start: Int, to shape: Shape) {
    self.axis = axis
    self.start = start
    self.shape = shape
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expect(operands[0], "the part", rank: shape.rank)
    return [ValueType(shape, operands[0].element)]
  }
}

/// Parts side by side along the last axis: the reverse of `Split`.
///
/// Operands: a part for each size. Result: `[..., sum of the sizes]`.
package struct Join: GradientOperator {
  package static let name = "join"
  package let sizes: [Int]
  package let groups: Int

  package init(sizes: [Int], groups: Int = 1) {
    self.sizes = sizes
    self.groups = groups
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: sizes.count...sizes.count)
    for (type, size) in zip(operands, sizes) {
      try expect(type, "each part", width: .size(size))
    }
    let total: Int
    do { total = try sizes.checkedSum(of: "the sum of the parts") } catch {
      throw ShapeError(name, .overflow(error.subject))
    }
    return [ValueType(operands[0].shape.replacingLast(with: .size(total)), operands[0].element)]
  }
}

/// A sequence of features as an image: the reverse of `Patches`.
///
/// Operand: `[batch, height · width, features]`. Result: `[batch, features, height, width]`.
package struct Unpatch: GradientOperator {
  package static let name = "unpatch"
  package let height: Dimension
  package let width: Dimension

  package init(height: Dimension, width: Dimension) {
    self.height = height
    self.width = width
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expect(operands[0], "the patches", rank: 3)
    let axes = operands[0].shape.dimensions
    return [ValueType([axes[0], axes[2], height, width], operands[0].element)]
  }
}

/// A token's features at its place among zeros: the reverse of `TakeToken`.
///
/// Operands: `[batch, width]` or `[batch, 1, width]`, and the `tokens [batch, sequence]` where the place depends on them.
/// Result: `[batch, length, width]`.
package struct PlaceToken: GradientOperator {
  package static let name = "place_token"
  package let position: TakeToken.Position
  package let length: Dimension

  package init(_ position: TakeToken.Position, length: Dimension) {
    self.position = position
    self.length = length
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...2)
    var axes = operands[0].shape.dimensions
    if axes.count == 3, axes[1] == 1 { axes.remove(at: 1) }
    try expect(ValueType(Shape(axes)), "the features", rank: 2)
    return [ValueType([axes[0], length, axes[1]], operands[0].element)]
  }
}
