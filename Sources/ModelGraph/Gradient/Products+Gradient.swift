extension Linear: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let gradient = node.gradient
    return [
      try node.ifNeeded(0) {
        try graph.apply(
          Linear(layout: layout == .outIn ? .inOut : .outIn), gradient, node.operands[1], for: node)
      },
      try node.ifNeeded(1) {
        try graph.apply(
          LinearWeightGradient(layout: layout), node.operands[0], gradient, for: node)
      },
      try node.ifNeeded(2) { try graph.sum(gradient, like: node.operands[2], for: node) },
    ]
  }
}

extension MatrixProduct: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let (a, b, gradient) = (node.operands[0], node.operands[1], node.gradient)
    return [
      try node.ifNeeded(0) {
        let product =
          try transposesFirst
          ? graph.apply(
            MatrixProduct(transposesFirst: transposesSecond, transposesSecond: true), b, gradient,
            for: node)
          : graph.apply(
            MatrixProduct(transposesSecond: !transposesSecond), gradient, b, for: node)
        return try graph.sum(product, like: a, for: node)
      },
      try node.ifNeeded(1) {
        let product =
          try transposesSecond
          ? graph.apply(
            MatrixProduct(transposesFirst: true, transposesSecond: transposesFirst), gradient, a,
            for: node)
          : graph.apply(
            MatrixProduct(transposesFirst: !transposesFirst), a, gradient, for: node)
        return try graph.sum(product, like: b, for: node)
      },
    ]
  }
}

extension Embedding: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    let weight = graph[node.operands[1]]
    let count = weight.type.shape.dimensions[0]
    let padding = if case .node = weight.source { Int?.none } else { self.padding }
    return [
      nil,
      try node.ifNeeded(1) {
        try graph.apply(
          EmbeddingGradient(count: count, padding: padding), node.operands[0], node.gradient,
          for: node)
      },
    ]
  }
}
