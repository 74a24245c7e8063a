/// The operand as it is, without a gradient in the entries at one index of an axis.
package struct StopGradient: UndescribedOperator {
  package static let name = "stop_gradient"
  package let axis: Int
  package let index: Int

  package init(axis: Int, index: Int) {
    self.axis = axis
    self.index = index
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    let shape = operands[0].shape
    guard shape.dimensions.indices.contains(axis) else {
      throw ShapeError(name, .axis(axis, of: shape))
    }
    guard let size = shape.dimensions[axis].size else {
      throw ShapeError(name, .unknownSize(operand: "the input", shape))
    }
    guard 0..<size ~= index else { throw ShapeError(name, .noRow(index, count: size)) }
    return operands
  }
}

extension StopGradient: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let shape = graph[node.gradient].type.shape
    let size = shape.dimensions[axis].size ?? 0
    var stopped = shape.dimensions
    stopped[axis] = .size(1)
    var parts = try graph.apply(Zeros(Shape(stopped)), to: [], in: node.node.module)
    if index > 0 {
      parts.insert(try graph.apply(Slice(axis: axis, 0..<index), node.gradient, for: node), at: 0)
    }
    if index + 1 < size {
      parts.append(try graph.apply(Slice(axis: axis, index + 1..<size), node.gradient, for: node))
    }
    guard parts.count > 1 else { return parts }
    return try graph.apply(Concatenate(axis: axis), to: parts, in: node.node.module)
  }
}
