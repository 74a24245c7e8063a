extension Reshape: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let sizes = graph[node.operands[0]].type.shape.dimensions.compactMap(\.size)
    return [try graph.apply(Reshape(sizes), node.gradient, for: node)]
  }
}

extension Permute: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    var inverse = order
    for (result, axis) in order.enumerated() { inverse[axis] = result }
    return [try graph.apply(Permute(inverse), node.gradient, for: node)]
  }
}

extension Slice: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let shape = graph[node.operands[0]].type.shape
    return [try graph.apply(Pad(axis: axis, start: start, to: shape), node.gradient, for: node)]
  }
}

extension Split: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let parts = try zip(node.results, node.node.results).map { gradient, part in
      try gradient ?? graph.apply(Zeros(graph[part].type.shape), to: [], in: node.node.module)[0]
    }
    return [
      try graph.apply(Join(sizes: sizes, groups: groups), to: parts, in: node.node.module)[0]
    ]
  }
}

extension Concatenate: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    var start = 0
    return try node.operands.enumerated().map { index, operand in
      let size = graph[operand].type.shape.dimensions[axis].size ?? 0
      defer { start += size }
      return try node.ifNeeded(index) {
        let part = try graph.apply(
          Slice(axis: axis, start..<start + size), node.gradient, for: node)
        return try graph.sum(part, like: operand, for: node)
      }
    }
  }
}

extension TakeToken: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let length = graph[node.operands[0]].type.shape.dimensions[1]
    return [
      try graph.apply(
        PlaceToken(position, length: length), to: [node.gradient] + node.operands.dropFirst(),
        in: node.node.module)[0]
    ]
  }
}

/// Indices have no gradient.
extension Positions: DifferentiableOperator {
  package func passesGradient(toOperand operand: Int) -> Bool { false }

  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    node.operands.map { _ in nil }
  }
}

extension Patches: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let axes = graph[node.operands[0]].type.shape.dimensions
    return [
      try graph.apply(Unpatch(height: axes[2], width: axes[3]), node.gradient, for: node)
    ]
  }
}
