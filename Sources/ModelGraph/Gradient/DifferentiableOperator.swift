/// An operator that states how gradients pass through it, as a piece of graph.
package protocol DifferentiableOperator: Operator {
  /// Adds the nodes that compute the gradients of a node's operands.
  /// - Returns: A gradient for each operand, of its shape; nil where none is needed or none passes.
  func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?]

  /// Whether a gradient passes to the operand of that index: not where only its shape is read, or it is
  /// treated as a constant.
  func passesGradient(toOperand operand: Int) -> Bool
}

extension DifferentiableOperator {
  package func passesGradient(toOperand operand: Int) -> Bool { true }
}

/// A node in the backward pass: which gradients it gets, and which ones it has to compute.
package struct NodeGradient: Sendable {
  package let node: Node
  /// Gradients of the results; nil where the loss does not depend on a result.
  package let results: [Value.ID?]
  /// For each operand, whether something trained depends on its gradient.
  package let isNeeded: [Bool]

  package var operands: [Value.ID] { node.operands }
  /// The gradient of the only result.
  package var gradient: Value.ID {
    guard let gradient = results.first ?? nil, results.count == 1 else {
      preconditionFailure("\(node.operation.name) has \(results.count) results")
    }
    return gradient
  }

  /// The value of `body` where the operand's gradient is needed.
  package func ifNeeded(
    _ operand: Int, _ body: () throws -> Value.ID
  ) rethrows -> Value.ID? {
    isNeeded.indices.contains(operand) && isNeeded[operand] ? try body() : nil
  }
}

extension Graph {
  /// Applies an operator with one result on behalf of a node's module.
  mutating func apply(
    _ operation: some Operator, _ operands: Value.ID..., for node: NodeGradient
  ) throws(ShapeError) -> Value.ID {
    try apply(operation, to: operands, in: node.node.module)[0]
  }

  /// A gradient summed over the axes along which a value was repeated.
  mutating func sum(
    _ gradient: Value.ID, like value: Value.ID, for node: NodeGradient
  ) throws(ShapeError) -> Value.ID {
    let shape = self[value].type.shape
    guard self[gradient].type.shape != shape else { return gradient }
    return try apply(SumTo(shape), gradient, for: node)
  }
}
