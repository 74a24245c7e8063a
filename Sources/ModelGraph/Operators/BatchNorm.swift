/// Every channel less its mean and divided by its deviation, both from running statistics, then perhaps a learned
/// scale and shift.
///
/// Operands: `x [batch, channels, …]`, the running `mean [channels]` and `variance [channels]`, and perhaps `weight`
/// and `bias [channels]`. Result: the shape of `x`. The statistics are constants, in training, too: they are those of
/// a frozen batch norm.
package struct BatchNorm: DifferentiableOperator {
  package static let name = "batch_norm"
  package let epsilon: Double
  package init(epsilon: Double) { self.epsilon = epsilon }

  package var isRecomputed: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 3...5)
    try expectChannels(operands, names: ["the mean", "the variance", "the weight", "the bias"])
    return [operands[0]]
  }

  package func passesGradient(toOperand operand: Int) -> Bool { operand != 1 && operand != 2 }

  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let (operands, gradient, module) = (node.operands, node.gradient, node.node.module)
    return [
      try node.ifNeeded(0) {
        try graph.apply(
          BatchNormGradient(epsilon: epsilon),
          to: [gradient, operands[2]] + operands.dropFirst(3).prefix(1), in: module)[0]
      }, nil, nil,
      try node.ifNeeded(3) {
        let standard = try graph.apply(
          BatchNorm(epsilon: epsilon), to: Array(operands.prefix(3)), in: module)[0]
        let product = try graph.apply(Multiply(), gradient, standard, for: node)
        return try graph.apply(ChannelSum(), product, for: node)
      },
      try node.ifNeeded(4) { try graph.apply(ChannelSum(), gradient, for: node) },
    ]
  }
}

/// The gradient of the input of `BatchNorm`.
///
/// Operands: `gradient [batch, channels, …]`, `variance [channels]`, and perhaps `weight [channels]`.
package struct BatchNormGradient: GradientOperator {
  package static let name = "batch_norm_gradient"
  package let epsilon: Double
  package init(epsilon: Double) { self.epsilon = epsilon }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...3)
    try expectChannels(operands, names: ["the variance", "the weight"])
    return [operands[0]]
  }
}

extension Operator {
  /// Checks `x [batch, channels, …]` and vectors of one entry a channel.
  func expectChannels(_ operands: [ValueType], names: [String]) throws(ShapeError) {
    try expectFloatingPoint(operands[0], "the input")
    try expect(operands[0], "the input", minimumRank: 2)
    for (vector, name) in zip(operands.dropFirst(), names) {
      try expect(vector, name, rank: 1)
      guard vector.shape.dimensions[0] == operands[0].shape.dimensions[1] else {
        throw ShapeError(
          self.name, .sizes(left: "the input", operands[0].shape, right: name, vector.shape))
      }
    }
  }
}
