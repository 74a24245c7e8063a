/// The mean of every window.
package struct AveragePool: PoolingOperator {
  package static let name = "avg_pool"
  package let windows: PoolingWindows
  /// Whether the zeros of the padding count, too.
  package let countsPadding: Bool

  package init(_ windows: PoolingWindows, countsPadding: Bool = true) {
    self.windows = windows
    self.countsPadding = countsPadding
  }

  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let shape = graph[node.operands[0]].type.shape
    return [try graph.apply(AveragePoolGradient(self, shape: shape), node.gradient, for: node)]
  }
}

/// The gradient of `AveragePool`: what a window gets is shared out among its entries.
///
/// Operand: the gradient of the result. Result: `shape`, that of the input.
package struct AveragePoolGradient: GradientOperator {
  package static let name = "avg_pool_gradient"
  package let windows: PoolingWindows
  package let countsPadding: Bool
  package let shape: Shape

  package init(_ pool: AveragePool, shape: Shape) {
    windows = pool.windows
    countsPadding = pool.countsPadding
    self.shape = shape
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expect(operands[0], "the gradient", rank: shape.rank)
    return [ValueType(shape)]
  }
}
