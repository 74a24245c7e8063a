extension Activation: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    [
      try graph.apply(
        ActivationGradient(function), node.operands[0], node.gradient, for: node)
    ]
  }
}

extension Add: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    try node.operands.indices.map { index in
      try node.ifNeeded(index) {
        try graph.sum(node.gradient, like: node.operands[index], for: node)
      }
    }
  }
}

extension Multiply: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    try node.operands.indices.map { index in
      try node.ifNeeded(index) {
        let others = node.operands.enumerated().filter { $0.offset != index }.map(\.element)
        let product = try graph.apply(
          Multiply(), to: [node.gradient] + others, in: node.node.module)[0]
        return try graph.sum(product, like: node.operands[index], for: node)
      }
    }
  }
}

extension Scale: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    [try graph.apply(self, node.gradient, for: node)]
  }
}

/// The gradient of dropout is the same dropout: the same random stream gives the same mask.
extension Dropout: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    [try graph.apply(self, node.gradient, for: node)]
  }
}
