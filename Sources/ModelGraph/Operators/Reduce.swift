/// One entry of all entries along some axes: their mean, their sum or the largest one.
///
/// Operand: `x [...]`. Result: without those axes, or with 1 in their place.
package struct Reduce: UndescribedOperator {
  package static let name = "reduce"

  package enum Function: String, Hashable, Sendable, CaseIterable {
    case mean, sum, max
  }

  package let function: Function
  /// Counted from 0, in ascending order.
  package let axes: [Int]
  package let keepsAxes: Bool

  package init(_ function: Function, axes: [Int], keepsAxes: Bool = false) {
    self.function = function
    self.axes = axes.sorted()
    self.keepsAxes = keepsAxes
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    let x = operands[0]
    try expectFloatingPoint(x, "the input")
    for (place, axis) in axes.enumerated() {
      guard x.shape.dimensions.indices.contains(axis) else {
        throw ShapeError(function.rawValue, .axis(axis, of: x.shape))
      }
      guard place == 0 || axes[place - 1] != axis else {
        throw ShapeError(function.rawValue, .axisTwice(axis, of: x.shape))
      }
      guard x.shape.dimensions[axis] != 0 else {
        throw ShapeError(function.rawValue, .tooSmall("axis \(axis) of \(x.shape)", 0, minimum: 1))
      }
    }
    let dimensions = x.shape.dimensions.enumerated().compactMap { axis, dimension in
      axes.contains(axis) ? (keepsAxes ? 1 : nil) : dimension
    }
    return [ValueType(Shape(dimensions), x.element)]
  }
}

extension Reduce: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let x = node.operands[0]
    let gradient = ReduceGradient(function, axes: axes, shape: graph[x].type.shape)
    return [
      try graph.apply(
        gradient, to: (function == .max ? [x] : []) + [node.gradient], in: node.node.module)[0]
    ]
  }
}

/// The gradient of `Reduce`; of several entries that are the largest, each gets an equal share.
///
/// Operands: `x` where the function is `max`, and the gradient of the result. Result: `shape`, that of the input.
package struct ReduceGradient: GradientOperator {
  package static let name = "reduce_gradient"
  package let function: Reduce.Function
  package let axes: [Int]
  package let shape: Shape

  package init(_ function: Reduce.Function, axes: [Int], shape: Shape) {
    self.function = function
    self.axes = axes
    self.shape = shape
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    let count = function == .max ? 2 : 1
    try expect(operands, count: count...count)
    return [ValueType(shape)]
  }
}
