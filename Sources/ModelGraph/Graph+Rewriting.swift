extension Graph {
  /// A copy in which each node is what `replacement` makes of it.
  ///
  /// Inputs, parameters and modules are carried over with their order. `replacement` gets the node
  /// with its operands already translated to the new graph, may add to that graph, and returns
  /// values to use in place of the node's results; where it returns nil the node is copied.
  /// - Throws: What `replacement` throws, and `ShapeError` where a copied node no longer fits.
  public func rewriting(
    _ replacement: (Node, inout Graph) throws -> [Value.ID]?
  ) throws -> Graph {
    var copy = Graph(name: name, origin: origin)
    var translated = copy.takeOver(self)
    for node in nodes {
      let operands = node.operands.compactMap { translated[$0.index] }
      let moved = Node(
        operation: node.operation, operands: operands, results: node.results, module: node.module)
      let results =
        try replacement(moved, &copy)
        ?? copy.apply(node.operation, to: operands, in: node.module)
      for (old, new) in zip(node.results, results) { translated[old.index] = new }
    }
    for output in outputs {
      if let value = translated[output.value.index] { copy.addOutput(output.name, value) }
    }
    return copy
  }
}
