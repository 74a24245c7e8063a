public import ModelGraph

extension Graph {
  /// What an adapter adds to this graph's parameters, by itself: a graph without inputs, with an
  /// output for every change.
  ///
  /// Outputs are named as the module has the parameter, `q_proj.weight` and `q_proj.bias`. Weights
  /// are as the tuner sees them, `[out, in]`, however they are stored. Modules that are trained in
  /// full are not among them.
  /// - Throws: `AdapterError` where the adapter was made for another model.
  public func updates(of adapter: Adapter) throws -> Graph {
    let base = try prepared(for: adapter)
    var graph = base.withoutNodes
    for update in adapter.updates {
      let path = update.site.path
      guard let module = base.modules.module(at: path), Site(module, in: base) == update.site else {
        throw AdapterError.otherModule(path)
      }
      let value = try update.update.value(in: &graph, module: path, adapter: adapter.name)
      graph.addOutput(update.weightName, value)
      guard let bias = update.biasUpdate else { continue }
      graph.addOutput(
        update.biasName, try bias.value(in: &graph, module: path, adapter: adapter.name))
    }
    #if DEBUG
      try graph.validate()
    #endif
    return graph
  }
}

extension SiteUpdate {
  /// The weight's name in its module.
  public var weightName: String { name(of: "weight") }

  /// The bias's name in its module, also where there is none.
  public var biasName: String { name(of: "bias") }

  private func name(of own: String) -> String {
    site.path.isEmpty ? own : "\(site.path).\(own)"
  }

  /// Whether the update depends on the numbers of the base model's weight.
  public var readsWeight: Bool {
    update.readsWeight || biasUpdate?.readsWeight == true || tensors.contains(where: \.isDerived)
  }
}

extension WeightUpdate {
  fileprivate var readsWeight: Bool {
    if case .weight = self { return true }
    return parts.contains(where: \.readsWeight)
  }
}
