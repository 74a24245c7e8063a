/// The largest entry of every window. NaN is larger than any number; padding is never read.
package struct MaxPool: PoolingOperator {
  package static let name = "max_pool"
  package let windows: PoolingWindows
  package init(_ windows: PoolingWindows) { self.windows = windows }

  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    [try graph.apply(MaxPoolGradient(windows), node.operands[0], node.gradient, for: node)]
  }
}

/// The gradient of `MaxPool`: what a window gets goes to its largest entry, the first of equal ones.
///
/// Operands: `x`, and the gradient of the result. Result: the shape of `x`.
package struct MaxPoolGradient: GradientOperator {
  package static let name = "max_pool_gradient"
  package let windows: PoolingWindows
  package init(_ windows: PoolingWindows) { self.windows = windows }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    try expect(operands[1], "the gradient", rank: operands[0].shape.rank)
    return [operands[0]]
  }
}
