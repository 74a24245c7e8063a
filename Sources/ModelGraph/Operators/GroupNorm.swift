/// Mean 0 and variance 1 over each group of channels of each image, then perhaps a learned scale and shift of every
/// channel.
///
/// Operands: `x [batch, channels, …]`, and perhaps `weight` and `bias [channels]`. Result: the shape of `x`.
package struct GroupNorm: DifferentiableOperator {
  package static let name = "group_norm"
  package let groups: Int
  package let epsilon: Double

  package init(groups: Int, epsilon: Double) {
    self.groups = groups
    self.epsilon = epsilon
  }

  package var isRecomputed: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...3)
    try expectChannels(operands, names: ["the weight", "the bias"])
    try expect("the number of groups", groups, atLeast: 1)
    guard let channels = operands[0].shape.dimensions[1].size else {
      throw ShapeError(name, .unknownSize(operand: "the input", operands[0].shape))
    }
    _ = try quotient(channels, by: groups, .channelGroups)
    return [operands[0]]
  }

  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let (x, gradient) = (node.operands[0], node.gradient)
    return [
      try node.ifNeeded(0) {
        try graph.apply(
          GroupNormGradient(groups: groups, epsilon: epsilon),
          to: [x, gradient] + node.operands.dropFirst().prefix(1), in: node.node.module)[0]
      },
      try node.ifNeeded(1) {
        let standard = try graph.apply(
          GroupNorm(groups: groups, epsilon: epsilon), x, for: node)
        let product = try graph.apply(Multiply(), gradient, standard, for: node)
        return try graph.apply(ChannelSum(), product, for: node)
      },
      try node.ifNeeded(2) { try graph.apply(ChannelSum(), gradient, for: node) },
    ]
  }
}

/// The gradient of the input of `GroupNorm`.
///
/// Operands: `x [batch, channels, …]`, the gradient of the result, and perhaps `weight [channels]`.
package struct GroupNormGradient: GradientOperator {
  package static let name = "group_norm_gradient"
  package let groups: Int
  package let epsilon: Double

  package init(groups: Int, epsilon: Double) {
    self.groups = groups
    self.epsilon = epsilon
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...3)
    try expectChannels([operands[0]] + operands.dropFirst(2), names: ["the weight"])
    return [operands[0]]
  }
}
