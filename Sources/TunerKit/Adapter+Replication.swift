extension Graph {
  /// This graph with the layers that an adapter is for: as its `layer_replication` says, unless the
  /// layers are those already.
  ///
  /// Parameters keep their ids and names, so that this graph's tensors also fill the new graph.
  /// - Throws: `AdapterError.otherLayers` where adapters in this graph have other layers;
  ///   `ReplicationError` where its layers cannot be replicated.
  public func prepared(for adapter: Adapter) throws -> Graph {
    try replicated(as: adapter.configuration)
  }

  /// This graph with the layers that all of these adapters are for.
  public func prepared(for adapters: [Adapter]) throws -> Graph {
    try adapters.reduce(self) { graph, adapter in try graph.prepared(for: adapter) }
  }

  func replicated<Configuration: TunerConfiguration>(
    as configuration: Configuration
  ) throws -> Graph {
    let needed = configuration.options.layerReplication.flatMap { $0.isEmpty ? nil : $0 }
    let found = origin.layerReplication
    // Without the field, the tuner's file would not say it.
    guard needed == nil || Configuration.fields.contains(where: { $0.name == "layer_replication" })
    else { throw AdapterError.noReplication(tuner: Configuration.Method.name) }
    guard needed != found else { return self }
    // Adapters match modules by the new layer indices: with other layers they would hit other modules.
    guard let needed, found == nil, parameters.allSatisfy({ $0.role == .base }) else {
      throw AdapterError.otherLayers(found: found, needed: needed)
    }
    var copy = try replicatingLayers(needed)
    copy.origin.layerReplication = needed
    return copy
  }
}

extension Adapter {
  /// Refuses to train what replicated layers share, because a file has it under each layer's name.
  func checkLayers(of graph: Graph) throws(AdapterError) {
    guard graph.origin.layerReplication != nil, let list = graph.modules.layerList else { return }
    let shared = graph.modules.parameters(within: list)
    let saved = match.saved.modules.first {
      !graph.modules.parameters(within: $0.path).isDisjoint(with: shared)
    }
    if let saved { throw .replicatedModule(saved.path) }
    if let bias = trainedBiases.first(where: shared.contains) {
      throw .replicatedBias(graph[bias].name)
    }
  }

  /// Whether two names differ in a layer's index only: what they name is shared on purpose.
  static func isInLayerLike(_ name: String, _ other: String) -> Bool {
    let (parts, others) = (name.split(separator: "."), other.split(separator: "."))
    let differing = zip(parts, others).filter { $0 != $1 }
    return parts.count == others.count && differing.count == 1
      && differing.allSatisfy { Int($0) != nil && Int($1) != nil }
  }
}
