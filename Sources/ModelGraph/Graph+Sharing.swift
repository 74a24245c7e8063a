extension Graph {
  /// This graph in which a module no longer shares a parameter: it has its own, which starts with the
  /// same values.
  ///
  /// - Parameter name: What the module calls the shared parameter: `lm_head.weight`.
  /// - Throws: `GraphError.unknownParameter` where the module has none.
  package func separating(_ name: String) throws -> Graph {
    let (path, own) = Graph.split(name)
    guard let shared = parameter(calledByModule: name) else {
      throw GraphError.unknownParameter(name)
    }
    var value: Value.ID?
    return try rewriting { node, graph in
      guard node.module == path,
        let position = node.operands.firstIndex(where: { graph.parameter(readBy: $0) == shared })
      else { return nil }
      let replaced = try value ?? graph.giveOwnParameter(like: shared, as: own, in: path)
      value = replaced
      var operands = node.operands
      operands[position] = replaced
      return try graph.apply(node.operation, to: operands, in: path)
    }
  }

  /// A graph with the same parameters and modules that computes nothing yet.
  package var withoutNodes: Graph {
    var copy = Graph(name: name, origin: origin)
    copy.takeOver(self)
    return copy
  }

  /// This graph with other outputs.
  package func withOutputs(_ outputs: [Output]) -> Graph {
    var copy = self
    copy.outputs = outputs
    return copy
  }
}
