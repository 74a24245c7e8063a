package import PeftTensors
public import TunerKit

extension Model {
  /// This model with a fresh adapter in it.
  /// - Parameters:
  ///   - seed: The seed of fresh values; with torch's they are those of PEFT.
  ///   - generation: Which torch's bases are drawn.
  ///   - inTraining: Whether the adapter's own dropout may become active. Without it every update is
  ///     added to its weight, which is cheaper.
  public func adapted(
    by adapter: Adapter, seed: Int = 0, generation: TorchGeneration = .current,
    inTraining: Bool = false
  ) throws -> Model {
    let weights = try AdapterWeights(adapter, on: self, seed: seed, generation: generation)
    return try adapted(by: [weights], inTraining: inTraining)
  }

  /// This model with adapters in it, which add up. Adapters of this model's graph, not of an adapted
  /// one's.
  /// - Throws: `AdapterError` where they were made for another model, or have one name.
  public func adapted(by adapters: [AdapterWeights], inTraining: Bool = false) throws -> Model {
    var adapted = graph
    for weights in adapters {
      adapted = try adapted.adapted(by: weights.adapter, inTraining: inTraining)
    }
    return rewritten(
      as: adapted, with: adapters.flatMap(\.tensors), files: adapters.flatMap(\.files),
      warnings: adapters.flatMap(\.warnings))
  }

  /// A rewrite of this model's graph, with this model's weights and others.
  /// - Parameter tensors: By the names of the parameters that they fill; others are ignored.
  package func rewritten(
    as graph: Graph, with tensors: [(key: String, value: Tensor)], files newFiles: [String] = [],
    warnings news: [String] = []
  ) -> Model {
    var all = parameters
    for (name, tensor) in tensors {
      if let id = graph.parameter(named: name) { all[id] = tensor }
    }
    return changed(graph: graph, parameters: all, files: newFiles, warnings: news)
  }

  /// One output of a graph that needs no inputs.
  package func output(_ name: String) throws -> Tensor {
    guard let result = try self([:], outputs: [name])[name] else {
      preconditionFailure("the program of \(name) does not compute it")
    }
    return result
  }
}
