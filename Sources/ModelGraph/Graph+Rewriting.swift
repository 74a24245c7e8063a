extension Graph {
  /// A copy in which each node is what `replacement` makes of it.
  ///
  /// Inputs, parameters and modules are carried over with their order. `replacement` gets the node
  /// with its operands already translated to the new graph, may add to that graph, and returns
  /// values to use in place of the node's results; where it returns nil the node is copied.
  /// - Throws: What `replacement` throws, `ShapeError` where a copied node no longer fits, and
  ///   `GraphError.resultCount` where something else than one value stands for each result. In
  ///   debug builds also what `validate()` throws.
  package func rewriting(
    _ replacement: (Node, inout Graph) throws -> [Value.ID]?
  ) throws -> Graph {
    var copy = Graph(name: name, origin: origin)
    var translated = copy.takeOver(self)
    for (index, node) in nodes.enumerated() {
      let operands = node.operands.compactMap { translated[$0.index] }
      guard operands.count == node.operands.count else {
        throw GraphError.undefinedValue(node: index, operation: node.operation.name)
      }
      let moved = Node(
        operation: node.operation, operands: operands, results: node.results, module: node.module)
      let results =
        try replacement(moved, &copy)
        ?? copy.apply(node.operation, to: operands, in: node.module)
      guard results.count == node.results.count else {
        throw GraphError.resultCount(
          node: index, operation: node.operation.name, expected: node.results.count,
          found: results.count)
      }
      for (old, new) in zip(node.results, results) { translated[old.index] = new }
    }
    for output in outputs {
      guard let value = translated[output.value.index] else {
        throw GraphError.undefinedOutput(output.name)
      }
      copy.addOutput(output.name, value)
    }
    #if DEBUG
      try copy.validate()
    #endif
    return copy
  }
}
