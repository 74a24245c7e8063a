/// The gate of a feed-forward layer (GEGLU): `gelu(gate) · up`, entry by entry, where gelu is its
/// approximation by a hyperbolic tangent.
///
/// Operands: `gate [...]`, `up [...]` of the same shape. Result: as both.
/// - SeeAlso: Shazeer, "GLU Variants Improve Transformer", 2020, arXiv:2002.05202.
package struct TanhGELUGate: Operator {
  package static let name = "tanh_gelu_gate"
  package init() {}

  package var isRecomputed: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    for (type, operand) in zip(operands, ["the gate", "the value"]) {
      try expectFloatingPoint(type, operand)
    }
    guard operands[0].shape == operands[1].shape else {
      throw ShapeError(
        name,
        .sizes(left: "the gate", operands[0].shape, right: "the value", operands[1].shape))
    }
    return [operands[0]]
  }
}

extension TanhGELUGate: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let (gate, value, gradient) = (node.operands[0], node.operands[1], node.gradient)
    return [
      try node.ifNeeded(0) {
        let product = try graph.apply(Multiply(), gradient, value, for: node)
        return try graph.apply(ActivationGradient(.geluTanh), gate, product, for: node)
      },
      try node.ifNeeded(1) {
        let opened = try graph.apply(Activation(.geluTanh), gate, for: node)
        return try graph.apply(Multiply(), gradient, opened, for: node)
      },
    ]
  }
}
