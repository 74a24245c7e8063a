extension Graph {
  /// This graph with an adapter's updates in it.
  ///
  /// Where a module's weight was read, the weight plus its update is. With dropout on its input an
  /// update is a branch of its own beside the module. Every use of a module sees its update; another
  /// module that shares the weight (a tied head) does not, as in PEFT. Adapters of different names
  /// add up, in any order.
  /// - Parameter inTraining: Whether dropout matters. Without it every update is added to its weight.
  /// - Returns: A new graph; this one stays as it is.
  /// - Throws: `AdapterError` where the adapter was made for another model, or one of its name is
  ///   there already.
  public func adapted(by adapter: Adapter, inTraining: Bool = true) throws -> Graph {
    let roles: Set<Parameter.Role> = [.adapter(adapter.name), .frozenBasis(adapter.name)]
    guard !parameters.contains(where: { roles.contains($0.role) }) else {
      throw AdapterError.nameTaken(adapter.name)
    }
    var rewrite = AdapterRewrite(adapter: adapter.name, appliesDropout: inTraining)
    for update in adapter.updates {
      let path = update.site.path
      guard let module = modules.module(at: path) else { throw AdapterError.unknownModule(path) }
      guard Site(module, in: self) == update.site else { throw AdapterError.otherModule(path) }
      rewrite.updates[path] = update
    }
    let adapted = try rewriting { node, graph in try rewrite.replacement(of: node, in: &graph) }
    for path in adapter.updates.map(\.site.path) where rewrite.deltas[path] == nil {
      throw AdapterError.unusedWeight(path)
    }
    return adapted
  }

  /// Whether a value is a module's own weight, or the sum of it and what other adapters add to it.
  fileprivate func isWeight(_ value: Value.ID, of path: String) -> Bool {
    var value = value
    while case .node(let index, _) = self[value].source {
      guard nodes[index].operation is Add, let first = nodes[index].operands.first else {
        return false
      }
      value = first
    }
    return parameter(readBy: value) == modules.ownParameters(of: path)["weight"]
  }
}

/// One adapter's way through a graph, node by node.
private struct AdapterRewrite {
  let adapter: String
  let appliesDropout: Bool
  /// By the path of their module.
  var updates: [String: SiteUpdate] = [:]
  /// Updates that the new graph computes, in the order and shape in which weights are stored.
  var deltas: [String: Value.ID] = [:]
  private var weights: [String: Value.ID] = [:]

  init(adapter: String, appliesDropout: Bool) {
    self.adapter = adapter
    self.appliesDropout = appliesDropout
  }

  /// What stands for a node in the new graph; nil for a copy of it.
  mutating func replacement(of node: Node, in graph: inout Graph) throws -> [Value.ID]? {
    // The sums that other adapters made are read further on.
    guard let update = updates[node.module], !(node.operation is Add),
      let position = node.operands.firstIndex(where: { graph.isWeight($0, of: node.module) })
    else { return nil }
    let path = node.module
    var operands = node.operands
    let delta = try delta(update, like: operands[position], in: &graph)
    if appliesDropout, update.inputDropout > 0 {
      guard node.operation is any WeightedOperator, position == 1,
        graph[operands[0]].type.element.isFloatingPoint
      else { throw AdapterError.noBranch(path) }
      return try Self.branch(delta, dropout: update.inputDropout, beside: node, in: &graph)
    }
    let weight =
      try weights[path] ?? graph.apply(Add(), to: [operands[position], delta], in: path)[0]
    weights[path] = weight
    operands[position] = weight
    return try graph.apply(node.operation, to: operands, in: path)
  }

  private mutating func delta(
    _ update: SiteUpdate, like weight: Value.ID, in graph: inout Graph
  ) throws -> Value.ID {
    let path = update.site.path
    if let known = deltas[path] { return known }
    let expression = update.site.isStoredTransposed ? update.update.transposed : update.update
    var value = try expression.value(in: &graph, module: path, adapter: adapter)
    let shape = graph[weight].type.shape
    if graph[value].type.shape != shape {
      let sizes = shape.dimensions.compactMap(\.size)
      value = try graph.apply(Reshape(sizes), to: [value], in: path)[0]
    }
    deltas[path] = value
    return value
  }

  /// The module, and its update applied to a dropped-out input, added up.
  private static func branch(
    _ delta: Value.ID, dropout rate: Double, beside node: Node, in graph: inout Graph
  ) throws -> [Value.ID] {
    let base = try graph.apply(node.operation, to: node.operands, in: node.module)
    let input = try graph.apply(Dropout(rate: rate), to: [node.operands[0]], in: node.module)
    let branch = try graph.apply(node.operation, to: [input[0], delta], in: node.module)
    return try graph.apply(Add(), to: base + branch, in: node.module)
  }
}
