extension Graph {
  /// This graph with an adapter's updates in it.
  ///
  /// Where a module's weight was read, the weight plus its update is. With dropout on its input an
  /// update is a branch of its own beside the module. Every use of a module sees its update; another
  /// module that shares the weight (a tied head) does not, as in PEFT. Adapters of different names
  /// add up, in any order. Modules that are saved in full, and biases that are trained, are read from
  /// the adapter's copies.
  /// - Parameter inTraining: Whether dropout is active. Without it every update is added to its weight.
  /// - Returns: A new graph; this one stays as it is.
  /// - Throws: `AdapterError` where the adapter was made for another model, one of its name is there
  ///   already, or another one has copies of the same parameters.
  public func adapted(by adapter: Adapter, inTraining: Bool = true) throws -> Graph {
    let prepared = try prepared(for: adapter)
    guard prepared.origin == origin else {
      return try prepared.adapted(by: adapter, inTraining: inTraining)
    }
    let roles: Set<Parameter.Role> = [.adapter(adapter.name), .frozenBasis(adapter.name)]
    guard !parameters.contains(where: { roles.contains($0.role) }) else {
      throw AdapterError.nameTaken(adapter.name)
    }
    var rewrite = AdapterRewrite(adapter, of: self, appliesDropout: inTraining)
    for update in adapter.updates {
      let path = update.site.path
      guard let module = modules.module(at: path) else { throw AdapterError.unknownModule(path) }
      guard Site(module, in: self) == update.site else { throw AdapterError.otherModule(path) }
    }
    for copy in adapter.copies {
      guard parameters.indices.contains(copy.original.index),
        self[copy.original].shape == copy.shape
      else { throw AdapterError.otherModule(copy.name) }
    }
    if isOutline { return try outline(with: adapter) }
    let adapted = try rewriting { node, graph in try rewrite.replacement(of: node, in: &graph) }
    for path in adapter.updates.map(\.site.path) where !rewrite.updated.contains(path) {
      throw AdapterError.unusedWeight(path)
    }
    return adapted
  }

  /// This graph, which computes nothing, with an adapter's parameters.
  private func outline(with adapter: Adapter) throws -> Graph {
    var copy = self
    for tensor in adapter.updates.flatMap(\.tensors) {
      _ = try copy.value(of: tensor, adapter: adapter.name)
    }
    for trained in adapter.copies { _ = try copy.value(of: trained, adapter: adapter.name) }
    return copy
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

extension Graph {
  /// The parameter that another one was first a copy of, or else itself.
  fileprivate func original(of id: Parameter.ID) -> Parameter.ID {
    guard case .copy(let name) = self[id].initial else { return id }
    return parameter(named: name) ?? id
  }
}

/// Rewrites a graph for one adapter, node by node.
private struct AdapterRewrite {
  private let adapter: Adapter
  private let appliesDropout: Bool
  /// By the path of their module.
  private let updates: [String: SiteUpdate]
  private let copies: [Parameter.ID: [TrainedCopy]]
  /// What modules call the parameters that there are copies of.
  private let names: [Parameter.ID: [String]]
  /// The modules whose weights were found.
  var updated: Set<String> { Set(deltas.keys) }
  /// Updates that the new graph computes, in the order and shape in which weights are stored.
  private var deltas: [String: Value.ID] = [:]
  private var weights: [String: Value.ID] = [:]

  init(_ adapter: Adapter, of graph: Graph, appliesDropout: Bool) {
    self.adapter = adapter
    self.appliesDropout = appliesDropout
    updates = Dictionary(
      adapter.updates.map { ($0.site.path, $0) }, uniquingKeysWith: { first, _ in first })
    copies = Dictionary(grouping: adapter.copies, by: \.original)
    names = copies.isEmpty ? [:] : graph.modules.parameterNames()
  }

  /// What stands for a node in the new graph; nil for a copy of it.
  mutating func replacement(of node: Node, in graph: inout Graph) throws -> [Value.ID]? {
    var operands = node.operands
    for position in operands.indices {
      operands[position] = try copied(operands[position], for: node.module, in: &graph)
    }
    // What else reads the weight is part of another adapter's update.
    if let update = updates[node.module],
      let position = (node.operation as? any WeightReading)?.weightPosition,
      operands.indices.contains(position), graph.isWeight(operands[position], of: node.module)
    {
      return try updated(node, operands, at: position, by: update, in: &graph)
    }
    guard operands != node.operands else { return nil }
    return try graph.apply(node.operation, to: operands, in: node.module)
  }

  /// The adapter's copy of a parameter, where a module reads that; the same value otherwise.
  private func copied(
    _ value: Value.ID, for module: String, in graph: inout Graph
  ) throws -> Value.ID {
    guard !copies.isEmpty, let id = graph.parameter(readBy: value),
      let candidates = copies[id] ?? copies[graph.original(of: id)]
    else { return value }
    // What no module of its own reads, such as a scale, is read as what it is called.
    let isOwn = names[id]?.contains { Graph.split($0).path == module } ?? false
    let place = isOwn ? module : Graph.split(graph[id].name).path
    guard let copy = candidates.first(where: { $0.isRead(in: module) || $0.isRead(in: place) })
    else { return value }
    guard graph[id].role == .base else {
      throw AdapterError.copiedTwice(copy.name, by: graph[id].role)
    }
    return try graph.value(of: copy, adapter: adapter.name)
  }

  private mutating func updated(
    _ node: Node, _ operands: [Value.ID], at position: Int, by update: SiteUpdate,
    in graph: inout Graph
  ) throws -> [Value.ID] {
    var operands = operands
    let path = node.module
    let delta = try delta(update, like: operands[position], in: &graph)
    if let biasUpdate = update.biasUpdate {
      try add(biasUpdate, toBiasOf: node, &operands, in: &graph)
    }
    if appliesDropout, update.inputDropout > 0 {
      guard node.operation is any WeightedOperator,
        graph[operands[0]].type.element.isFloatingPoint
      else { throw AdapterError.noBranch(path) }
      let base = try graph.apply(node.operation, to: operands, in: path)
      return try branch(delta, dropout: update.inputDropout, beside: node, base, in: &graph)
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
    let value = try update.change(
      inShape: graph[weight].type.shape, in: &graph, of: adapter)
    deltas[path] = value
    return value
  }

  /// Adds to a node's bias, or gives it one.
  private func add(
    _ update: WeightUpdate, toBiasOf node: Node, _ operands: inout [Value.ID],
    in graph: inout Graph
  ) throws {
    guard (node.operation as? any WeightedOperator)?.takesBias == true else {
      throw AdapterError.noBias(node.module)
    }
    let delta = try update.value(in: &graph, module: node.module, of: adapter)
    if operands.count > 2 {
      operands[2] = try graph.apply(Add(), to: [operands[2], delta], in: node.module)[0]
    } else {
      operands.append(delta)
    }
  }

  /// The module's result, and its update applied to a dropped-out input, added up.
  private func branch(
    _ delta: Value.ID, dropout rate: Double, beside node: Node, _ base: [Value.ID],
    in graph: inout Graph
  ) throws -> [Value.ID] {
    let input = try graph.apply(Dropout(rate: rate), to: [node.operands[0]], in: node.module)
    let branch = try graph.apply(node.operation, to: [input[0], delta], in: node.module)
    return try graph.apply(Add(), to: base + branch, in: node.module)
  }
}
