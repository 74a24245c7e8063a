import PeftBasics

/// Several axes as one: `[batch, 8, 4, 4]` becomes `[batch, 128]`. Other axes may be open.
package struct Flatten: Operator {
  package static let name = "flatten"
  /// The first of the axes, and the last one.
  package let start: Int
  package let end: Int

  package init(start: Int = 1, end: Int) {
    self.start = start
    self.end = end
  }

  package var isRecomputed: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    let x = operands[0]
    var dimensions = x.shape.dimensions
    for axis in [start, end] where !dimensions.indices.contains(axis) {
      throw ShapeError(name, .axis(axis, of: x.shape))
    }
    guard start <= end else {
      throw ShapeError(name, .backwards(start: start, end: end, of: x.shape))
    }
    guard start < end else { return [x] }
    let sizes = dimensions[start...end].compactMap(\.size)
    guard sizes.count == end - start + 1 else {
      throw ShapeError(name, .openAxes(start...end, of: x.shape))
    }
    let count: Int
    do { count = try sizes.checkedProduct() } catch {
      throw ShapeError(name, .overflow(error.subject))
    }
    dimensions.replaceSubrange(start...end, with: [.size(count)])
    return [ValueType(Shape(dimensions), x.element)]
  }
}

extension Flatten: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let axes = graph[node.operands[0]].type.shape.dimensions[start...end]
    return [try graph.apply(Unflatten(axis: start, Shape(Array(axes))), node.gradient, for: node)]
  }
}

/// One axis as several: the reverse of `Flatten`.
package struct Unflatten: GradientOperator {
  package static let name = "unflatten"
  package let axis: Int
  package let shape: Shape

  package init(axis: Int, _ shape: Shape) {
    self.axis = axis
    self.shape = shape
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    var dimensions = operands[0].shape.dimensions
    guard dimensions.indices.contains(axis) else {
      throw ShapeError(name, .axis(axis, of: operands[0].shape))
    }
    dimensions.replaceSubrange(axis...axis, with: shape.dimensions)
    return [ValueType(Shape(dimensions), operands[0].element)]
  }
}
