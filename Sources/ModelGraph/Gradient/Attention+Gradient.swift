extension Attention: DifferentiableOperator {
  package func passesGradient(toOperand operand: Int) -> Bool { operand != 3 || !hasMask }

  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let needsBias = hasBias && node.isNeeded.last == true
    let results = try graph.apply(
      AttentionGradient(self, needsBias: needsBias), to: node.operands + [node.gradient],
      in: node.node.module)
    var gradients: [Value.ID?] = results.prefix(3).map { $0 }
    if hasMask { gradients.append(nil) }
    if needsBias { gradients.append(results[3]) }
    return gradients
  }
}

extension Rotary: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    [try graph.apply(RotaryGradient(self), node.gradient, for: node)]
  }
}

extension RelativePositionBias: DifferentiableOperator {
  package func passesGradient(toOperand operand: Int) -> Bool { operand == 0 }

  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let buckets = graph[node.operands[0]].type.shape.dimensions[0]
    return [
      try node.ifNeeded(0) {
        try graph.apply(
          RelativePositionBiasGradient(self, buckets: buckets), node.gradient, for: node)
      }
    ]
  }
}
