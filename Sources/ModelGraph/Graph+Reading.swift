extension Graph {
  /// The parameters that some outputs are computed from.
  package func parametersRead(by outputs: Set<String>) -> Set<Parameter.ID> {
    var found: Set<Parameter.ID> = []
    var seen = [Bool](repeating: false, count: values.count)
    var open = self.outputs.filter { outputs.contains($0.name) }.map(\.value)
    while let value = open.popLast() {
      guard !seen[value.index] else { continue }
      seen[value.index] = true
      switch self[value].source {
      case .parameter(let id): found.insert(id)
      case .node(let node, _): open += nodes[node].operands
      case .input: break
      }
    }
    return found
  }

  /// The parameters that these outputs alone are computed from: others do without them.
  package func parametersRead(onlyBy outputs: Set<String>) -> Set<Parameter.ID> {
    guard !outputs.isEmpty else { return [] }
    let others = Set(self.outputs.map(\.name)).subtracting(outputs)
    return parametersRead(by: outputs).subtracting(parametersRead(by: others))
  }
}
