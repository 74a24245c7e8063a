extension LayerNorm: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let (x, gradient) = (node.operands[0], node.gradient)
    return [
      try node.ifNeeded(0) {
        try graph.apply(
          LayerNormGradient(epsilon: epsilon),
          to: [x, gradient] + node.operands.dropFirst().prefix(1),
          in: node.node.module)[0]
      },
      try node.ifNeeded(1) {
        let standard = try graph.apply(LayerNorm(epsilon: epsilon), x, for: node)
        let product = try graph.apply(Multiply(), gradient, standard, for: node)
        return try graph.sum(product, like: node.operands[1], for: node)
      },
      try node.ifNeeded(2) { try graph.sum(gradient, like: node.operands[2], for: node) },
    ]
  }
}

extension RMSNorm: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let (x, weight, gradient) = (node.operands[0], node.operands[1], node.gradient)
    return [
      try node.ifNeeded(0) {
        try graph.apply(
          RMSNormGradient(epsilon: epsilon, weightOffset: weightOffset), x, gradient, weight,
          for: node)
      },
      try node.ifNeeded(1) {
        try graph.apply(
          RMSNormWeightGradient(
            epsilon: epsilon, size: graph[weight].type.shape.dimensions[0]), x, gradient, for: node)
      },
    ]
  }
}

extension UnitLength: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    [try graph.apply(UnitLengthGradient(), node.operands[0], node.gradient, for: node)]
  }
}

/// Norms are treated as constants, as DoRA's authors do (arXiv:2402.09353, section 4.3).
extension InverseLength: DifferentiableOperator {
  package func passesGradient(toOperand operand: Int) -> Bool { false }

  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    [nil]
  }
}

extension Softmax: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    [try graph.apply(SoftmaxGradient(), node.node.results[0], node.gradient, for: node)]
  }
}
