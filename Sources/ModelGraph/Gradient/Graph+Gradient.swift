import PeftBasics

extension Graph {
  /// This graph with the gradients of its loss as further outputs.
  ///
  /// What no gradient of these parameters needs is not built. The loss computes its own gradient as it
  /// is measured.
  /// - Parameters:
  ///   - loss: The name of the output to differentiate: the result of a `LossOperator`, or a sum of such.
  ///   - parameters: What is trained.
  ///   - recomputesBlocks: Whether repeated blocks keep nothing for the backward pass but what they read, and are
  ///     computed again there.
  /// - Returns: The graph, with the outputs that `gradientName(of:)` names.
  /// - Throws: `GradientError` where the output is no loss, nothing that is trained reaches it, or an
  ///   operator on the way has no gradient.
  package func differentiated(
    loss: String, by parameters: [Parameter.ID], recomputesBlocks: Bool = false
  ) throws -> Graph {
    var graph = self
    guard let output = outputs.first(where: { $0.name == loss }),
      let measures = measures(in: output.value)
    else { throw GradientError.noLoss(loss) }
    let wanted = parameters.compactMap { value(of: $0) }
    let needing = graph.values(dependingOn: Set(wanted))
    var total: Value.ID?
    var seeds: [(value: Value.ID, gradient: Value.ID)] = []
    for (node, measure) in measures {
      let isNeeded = node.operands.map { needing.contains($0) }
      let results = try graph.apply(
        measure.measuringGradients(ofOperands: isNeeded), to: node.operands, in: node.module)
      for (old, new) in zip(node.results, results) { graph.replaceOutputs(old, by: new) }
      total = try total.map { try graph.apply(Add(), to: [$0, results[0]])[0] } ?? results[0]
      let differentiated = zip(node.operands, isNeeded).filter(\.1).map(\.0)
      seeds += zip(differentiated, results.dropFirst(node.results.count)).map {
        (value: $0, gradient: $1)
      }
    }
    guard !seeds.isEmpty else { throw GradientError.nothingTrained(loss: loss) }
    if let total { graph.replaceOutput(loss, by: total) }
    let gradients = try graph.addGradients(
      seeds, to: wanted, needing: needing, recomputesBlocks: recomputesBlocks)
    for (id, gradient) in zip(parameters, gradients) {
      guard let gradient else { continue }
      graph.addOutput(Graph.gradientName(of: self[id].name), gradient)
    }
    #if DEBUG
      try graph.validate()
    #endif
    return graph
  }

  /// What the output is called that is the gradient of a parameter.
  package static func gradientName(of parameter: String) -> String { "gradient of \(parameter)" }

  /// Adds the nodes that carry gradients back to values.
  /// - Parameters:
  ///   - seeds: Values with their gradients.
  ///   - wanted: The values whose gradients are wanted.
  /// - Returns: Their gradients; nil for one that no seed depends on.
  package mutating func addGradients(
    _ seeds: [(value: Value.ID, gradient: Value.ID)], to wanted: [Value.ID]
  ) throws -> [Value.ID?] {
    try addGradients(
      seeds, to: wanted, needing: values(dependingOn: Set(wanted)), recomputesBlocks: false)
  }

  private mutating func addGradients(
    _ seeds: [(value: Value.ID, gradient: Value.ID)], to wanted: [Value.ID],
    needing: Set<Value.ID>, recomputesBlocks: Bool
  ) throws -> [Value.ID?] {
    var gradients = GradientSums()
    var recomputation = Recomputation(self, recomputesBlocks: recomputesBlocks)
    for seed in seeds { try gradients.add(seed.gradient, to: seed.value, in: &self, module: "") }
    for node in nodes.reversed() {
      let results = node.results.map { needing.contains($0) ? gradients[$0] : nil }
      guard results.contains(where: { $0 != nil }) else { continue }
      guard let operation = node.operation as? any DifferentiableOperator else {
        throw GradientError.noGradient(operation: node.operation.name, module: node.module)
      }
      var operands: [Value.ID] = []
      for operand in node.operands {
        operands.append(try recomputation.value(operand, in: &self, for: node.module))
      }
      let kept = Node(
        operation: node.operation, operands: operands,
        results: try recomputation.results(of: node, in: &self), module: node.module)
      let backward = NodeGradient(
        node: kept, results: results, isNeeded: node.operands.map { needing.contains($0) })
      let passed = try operation.gradients(of: backward, in: &self)
      for (operand, gradient) in zip(node.operands, passed) where needing.contains(operand) {
        guard let gradient else { continue }
        try gradients.add(gradient, to: operand, in: &self, module: node.module)
      }
    }
    return wanted.map { gradients[$0] }
  }

  /// All values that change where the given ones do, themselves included.
  private func values(dependingOn sources: Set<Value.ID>) -> Set<Value.ID> {
    var found = sources
    for node in nodes {
      let depends = node.operands.enumerated().contains { number, operand in
        found.contains(operand)
          && (node.operation as? any DifferentiableOperator)?.passesGradient(toOperand: number)
            ?? true
      }
      guard depends else { continue }
      found.formUnion(node.results.filter { self[$0].type.element.isFloatingPoint })
    }
    return found
  }

  /// The losses that a value is the sum of, in their order; nil where something else is in it.
  private func measures(in value: Value.ID) -> [(node: Node, measure: any LossOperator)]? {
    guard case .node(let index, _) = self[value].source else { return nil }
    let node = nodes[index]
    if let measure = node.operation as? any LossOperator { return [(node, measure)] }
    guard node.operation is Add else { return nil }
    let parts = node.operands.compactMap(measures)
    return parts.count == node.operands.count ? parts.flatMap { $0 } : nil
  }

  /// Lets another value be the output of that name.
  package mutating func replaceOutput(_ name: String, by value: Value.ID) {
    outputs = outputs.map { $0.name == name ? Output(name: name, value: value) : $0 }
  }

  private mutating func replaceOutputs(_ old: Value.ID, by new: Value.ID) {
    outputs = outputs.map { $0.value == old ? Output(name: $0.name, value: new) : $0 }
  }
}

/// Gradients by value, added up as they come.
private struct GradientSums {
  private var sums: [Value.ID: Value.ID] = [:]

  subscript(value: Value.ID) -> Value.ID? { sums[value] }

  mutating func add(
    _ gradient: Value.ID, to value: Value.ID, in graph: inout Graph, module: String
  ) throws {
    guard let other = sums[value] else {
      sums[value] = gradient
      return
    }
    sums[value] = try graph.apply(Add(), to: [other, gradient], in: module)[0]
  }
}

/// Why a graph has no gradient.
package enum GradientError: Diagnosis, Hashable {
  case noLoss(String)
  case nothingTrained(loss: String)
  case noGradient(operation: String, module: String)

  package var words: (problem: String, fix: String?) {
    switch self {
    case .noLoss(let name):
      ("there is no loss called '\(name)'", "add one to the graph")
    case .nothingTrained(let loss):
      (
        "nothing that is trained changes the \(loss)",
        "train something that the outputs depend on"
      )
    case .noGradient(let operation, let module):
      (
        "\(module.isEmpty ? "" : "\(module): ")'\(operation)' has no gradient",
        "train what comes after it"
      )
    }
  }
}
