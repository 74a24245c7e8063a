public import ModelGraph
import OrderedCollections

extension Graph {
  /// What adapters make of this graph's parameters: a graph without inputs, with an output for every
  /// parameter that changes.
  ///
  /// Outputs are named as the module has the parameter: `lm_head.weight`, even where the head shares
  /// its weight with an embedding that no adapter changes. See `separating(_:)`.
  /// - Throws: `AdapterError` where an adapter was made for another model, or one adds a bias to a module
  ///   without one.
  /// - Parameter replaced: Parameters whose values are replaced as well, by their names in this graph.
  public func merging(_ adapters: [Adapter], replacing replaced: [String] = []) throws -> Graph {
    let base = try prepared(for: adapters)
    var merge = Merge(graph: base.withoutNodes)
    for adapter in adapters {
      for update in adapter.updates { try merge.add(update, of: adapter, in: base) }
    }
    for adapter in adapters {
      for copy in adapter.copies { try merge.add(copy, of: adapter.name, in: base) }
    }
    merge.add(replaced: replaced)
    for (name, value) in merge.values { merge.graph.addOutput(name, value) }
    #if DEBUG
      try merge.graph.validate()
    #endif
    return merge.graph
  }
}

private struct Merge {
  var graph: Graph
  /// By the names of parameters in their modules, in the order in which they are first changed.
  private(set) var values: OrderedDictionary<String, Value.ID> = [:]

  private var copied: Set<String> = []

  init(graph: Graph) { self.graph = graph }

  mutating func add(_ update: SiteUpdate, of adapter: Adapter, in base: Graph) throws {
    let path = update.site.path
    guard let module = base.modules.module(at: path), Site(module, in: base) == update.site else {
      throw AdapterError.otherModule(path)
    }
    try add(to: "weight", of: path) { current, graph in
      try update.change(inShape: graph[current].type.shape, in: &graph, of: adapter)
    }
    guard let bias = update.biasUpdate else { return }
    guard base.modules.ownParameters(of: path)["bias"] != nil else {
      throw AdapterError.noBiasToMerge(path)
    }
    try add(to: "bias", of: path) { _, graph in
      try bias.value(in: &graph, module: path, of: adapter)
    }
  }

  private mutating func add(
    to own: String, of path: String, _ change: (Value.ID, inout Graph) throws -> Value.ID
  ) throws {
    let name = path.isEmpty ? own : "\(path).\(own)"
    guard let id = graph.modules.ownParameters(of: path)[own],
      let current = values[name] ?? graph.value(of: id)
    else { throw AdapterError.otherModule(path) }
    let change = try change(current, &graph)
    values[name] = try graph.apply(Add(), to: [current, change], in: path)[0]
  }

  /// Parameters with other values than the base's. Where one is shared and changes under one of its names,
  /// it is given under all of them.
  mutating func add(replaced: [String]) {
    guard !replaced.isEmpty else { return }
    let names = graph.modules.parameterNames()
    for name in replaced {
      guard let id = graph.parameter(named: name), let value = graph.value(of: id) else { continue }
      let all = names[id] ?? [name]
      let changes = all.contains { values[$0] != nil }
      for name in changes ? all : [name] where values[name] == nil { values[name] = value }
    }
  }

  /// A copy takes its original's place; what an update adds to the original is added to it.
  mutating func add(_ copy: TrainedCopy, of adapter: String, in base: Graph) throws {
    guard base.parameters.indices.contains(copy.original.index),
      base[copy.original].shape == copy.shape
    else { throw AdapterError.otherModule(copy.name) }
    let own = try graph.value(of: copy, adapter: adapter)
    for name in [copy.name] + copy.otherNames {
      guard copied.insert(name).inserted else {
        throw AdapterError.copiedTwice(name, by: .adapter(adapter))
      }
      guard let changed = values[name] else {
        values[name] = own
        continue
      }
      guard let original = graph.value(of: copy.original), copy.module == nil else {
        throw AdapterError.copiedTwice(name, by: .adapter(adapter))
      }
      let difference = try graph.apply(
        Add(), to: [own, graph.apply(Scale(by: -1), to: [original])[0]])[0]
      values[name] = try graph.apply(Add(), to: [changed, difference])[0]
    }
  }
}

extension Graph {
  /// A graph without inputs whose only output is an expression of one module's update, called `value`.
  package func computing(_ expression: WeightUpdate, of adapter: Adapter, at site: Site) throws
    -> Graph
  {
    var graph = try prepared(for: adapter).withoutNodes
    let value = try expression.value(in: &graph, module: site.path, of: adapter)
    graph.addOutput("value", value)
    return graph
  }
}
