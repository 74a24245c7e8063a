/// A recurrent layer in one direction: every position's state follows from the one before, which at first is zero.
///
/// Operands: `x [batch, sequence, gates · size]`, what each position's input gives to the gates; `weight [gates · size,
/// size]` and perhaps `bias [gates · size]`, what the state gives to them; perhaps a `mask [batch, sequence]`: positions
/// that are not in it leave the state as it is, and their results are zero, as those of PyTorch's packed sequences.
/// Result: `[batch, sequence, size]`, the states.
/// - SeeAlso: PyTorch's `LSTM`, `GRU` and `RNN`, whose order of gates it has.
package struct Recurrence: UndescribedOperator {
  package static let name = "recurrence"

  package enum Cell: String, Hashable, Sendable {
    /// Input, forget and output gates, and a state behind the state (Hochreiter and Schmidhuber, 1997).
    case lstm
    /// Reset and update gates (Cho et al., 2014).
    case gru
    case tanh
    case relu

    /// How many rows of the weight belong to an entry of the state.
    package var gates: Int {
      switch self {
      case .lstm: 4
      case .gru: 3
      case .tanh, .relu: 1
      }
    }
  }

  package let cell: Cell
  /// Whether it begins at the last position.
  package let isReversed: Bool
  package let hasBias: Bool
  package let hasMask: Bool

  package init(_ cell: Cell, isReversed: Bool = false, hasBias: Bool, hasMask: Bool) {
    (self.cell, self.isReversed) = (cell, isReversed)
    (self.hasBias, self.hasMask) = (hasBias, hasMask)
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    let count = 2 + (hasBias ? 1 : 0) + (hasMask ? 1 : 0)
    try expect(operands, count: count...count)
    let (x, weight) = (operands[0], operands[1])
    try expectFloatingPoint(x, "the input")
    try expect(x, "the input", rank: 3)
    try expect(weight, "the weight", rank: 2)
    let size = try width(of: weight, "the weight")
    let gates = Dimension.size(cell.gates * size)
    try expect(x, "the input", width: gates)
    guard weight.shape.dimensions[0] == gates else {
      throw ShapeError(
        name, .sizes(left: "the input", x.shape, right: "the weight", weight.shape))
    }
    if hasBias {
      try expect(operands[2], "the bias", rank: 1)
      try expect(operands[2], "the bias", width: gates)
    }
    if hasMask, let mask = operands.last {
      try expectMask(mask, "the mask")
      guard mask.shape.dimensions == Array(x.shape.dimensions.prefix(2)) else {
        throw ShapeError(
          name, .sizes(left: "the input", x.shape, right: "the mask", mask.shape))
      }
    }
    return [ValueType(Shape(x.shape.dimensions.dropLast() + [.size(size)]))]
  }
}

extension Recurrence: DifferentiableOperator {
  package func passesGradient(toOperand operand: Int) -> Bool {
    !hasMask || operand != 2 + (hasBias ? 1 : 0)
  }

  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let passed = try graph.apply(
      RecurrenceGradient(self), to: node.operands + [node.gradient], in: node.node.module)
    var gradients: [Value.ID?] = [
      passed[0],
      try node.ifNeeded(1) {
        try graph.apply(LinearWeightGradient(layout: .outIn), passed[2], passed[1], for: node)
      },
    ]
    if hasBias {
      gradients.append(
        try node.ifNeeded(2) { try graph.sum(passed[1], like: node.operands[2], for: node) })
    }
    return gradients + (hasMask ? [nil] : [])
  }
}

/// The backward pass of a recurrent layer, which computes the states again.
///
/// Operands: those of the layer, then `gradient [batch, sequence, size]`. Results: the gradients of what the input, and of
/// what the state gives to the gates, both `[batch, sequence, gates · size]`; and the states before each position `[batch,
/// sequence, size]`, with which the weight's gradient is a product.
package struct RecurrenceGradient: GradientOperator {
  package static let name = "recurrence_gradient"
  package let recurrence: Recurrence

  package init(_ recurrence: Recurrence) { self.recurrence = recurrence }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    guard let gradient = operands.last else {
      throw ShapeError(name, .operandCount(expected: "at least 3", found: operands.count))
    }
    let states = try recurrence.results(of: operands.dropLast())[0]
    guard states.shape == gradient.shape else {
      throw ShapeError(
        name, .sizes(left: "the result", states.shape, right: "the gradient", gradient.shape))
    }
    let gates = ValueType(operands[0].shape)
    return [gates, gates, states]
  }
}
