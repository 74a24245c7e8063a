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
      let value = try update.update.value(in: &graph, module: path, of: adapter)
      graph.addOutput(update.weightName, value)
      guard let bias = update.biasUpdate else { continue }
      graph.addOutput(
        update.biasName, try bias.value(in: &graph, module: path, of: adapter))
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

  /// Whether the update depends on the base model's weights: the module's weight or bias.
  public var readsBase: Bool {
    update.readsBase || biasUpdate?.readsBase == true || tensors.contains(where: \.isDerived)
  }
}

extension WeightUpdate {
  fileprivate var readsBase: Bool {
    switch self {
    case .weight, .bias: true
    default: parts.contains(where: \.readsBase)
    }
  }
}
