extension Graph {
  /// Checks that this is a legal graph: everything read is defined earlier, shapes fit, names are
  /// unique, modules exist. Every rewrite keeps a legal graph legal.
  /// - Throws: The first rule that is broken.
  /// - Complexity: O(nodes + parameters).
  package func validate() throws(GraphError) {
    for (index, node) in nodes.enumerated() {
      try validate(node, at: index)
    }
    var names: Set<String> = []
    for name in inputs.map(\.name) where !names.insert(name).inserted {
      throw .duplicateName(name)
    }
    names = []
    for output in outputs {
      guard values.indices.contains(output.value.index) else {
        throw .undefinedOutput(output.name)
      }
      guard names.insert(output.name).inserted else { throw .duplicateName(output.name) }
    }
  }

  private func validate(_ node: Node, at index: Int) throws(GraphError) {
    let operation = node.operation.name
    for operand in node.operands {
      guard values.indices.contains(operand.index) else {
        throw .undefinedValue(node: index, operation: operation)
      }
      if case .node(let source, _) = self[operand].source, source >= index {
        throw .usedBeforeComputed(node: index, operation: operation)
      }
    }
    guard modules.contains(node.module) else {
      throw .unknownModule(node.module, operation: operation)
    }
    let computed: [ValueType]
    do { computed = try node.operation.results(of: node.operands.map { self[$0].type }) } catch {
      throw .shapes(node: index, error)
    }
    guard node.results.count == computed.count else {
      throw .resultCount(
        node: index, operation: operation, expected: computed.count, found: node.results.count)
    }
    for (number, (result, type)) in zip(node.results, computed).enumerated() {
      guard values.indices.contains(result.index),
        self[result].source == .node(index, result: number)
      else { throw .undefinedValue(node: index, operation: operation) }
      guard self[result].type != type else { continue }
      throw .typeChanged(
        node: index, operation: operation, recorded: self[result].type, computed: type)
    }
  }
}
