public import ModelDescription
public import ModelGraph
import PeftCheckpoints
public import TunerKit

/// A described model of which everything is made once: its graph, and its weights' files, which are
/// opened when they are first needed. Runs, plans and bake-offs on one model share it.
package final class ModelSource {
  package let description: ModelDescription
  /// As it is described, whatever its weights are stored as.
  package let graph: Graph
  private let weights: String?
  private var checkpoint: Checkpoint?

  /// - Parameter weights: A safetensors file or a folder with some; the model's own where nil.
  package init(_ description: ModelDescription, weights: String? = nil) throws {
    self.weights = weights
    var fitted = description
    // Some families are described by what their files hold.
    if description.filesDecideTying, let path = try? description.weightsPath(weights) {
      checkpoint = try? Checkpoint(path: path)
      if let checkpoint { fitted = try description.fitted(to: checkpoint) }
    }
    self.description = fitted
    graph = try fitted.graph()
  }

  /// The model with its weights.
  /// - Parameter optional: Parameters that the weights may lack; the model has no values for them then.
  /// - Throws: `MissingWeights` where there is no checkpoint and no path; errors of `Checkpoint` where
  ///   its files are broken or do not fit.
  package func model(
    lacking optional: Set<Parameter.ID> = [], threads: Int? = nil
  ) throws -> Model {
    try Model(description, graph, opened(), optional: optional, threads: threads)
  }

  /// The model with random weights.
  package func randomModel(seed: Int, threads: Int?) throws -> Model {
    try Model(random: graph, seed: seed, threads: threads)
  }

  /// Makes sure that the weights have all but some parameters.
  /// - Throws: As `model(lacking:threads:)`.
  package func checkWeights(lacking optional: Set<Parameter.ID>) throws {
    _ = try opened().tensors(
      of: description, graph, optional: optional,
      dispensable: graph.parametersRead(onlyBy: description.optionalOutputs))
  }

  /// The graph, with parameters in the types that they have in the files. No weights are read; without
  /// files all are 32-bit floats.
  /// - Parameter optional: Asked only where the files lack something.
  package func storedGraph(lacking optional: () throws -> Set<Parameter.ID>?) throws -> Graph {
    do { return try model().graph } catch is MissingWeights {
      return graph
    } catch let error as CheckpointError where error.reason == .noWeights {
      return graph
    } catch let mismatch as ParameterMismatch {
      guard let optional = try optional() else { throw mismatch }
      return try model(lacking: optional).graph
    }
  }

  private func opened() throws -> Checkpoint {
    if let checkpoint { return checkpoint }
    let opened = try Checkpoint(path: description.weightsPath(weights))
    checkpoint = opened
    return opened
  }
}

extension ModelDescription {
  /// The graph, with parameters in the types that they have in the checkpoint's files. No weights are
  /// read; without files all are 32-bit floats.
  /// - Parameter tuners: What the graph is for: the files may lack what each of them saves in full.
  public func storedGraph(for tuners: [any TunerConfiguration] = []) throws -> Graph {
    let source = try ModelSource(self)
    return try source.storedGraph {
      try source.graph.replacedParameters(
        byAll: tuners.map { try Adapter($0, for: source.graph) })
    }
  }
}

extension Checkpoint {
  /// The tensors for a described model's parameters.
  func tensors(
    of description: ModelDescription, _ graph: Graph, optional: Set<Parameter.ID>,
    dispensable: Set<Parameter.ID>
  ) throws(ParameterMismatch) -> ParameterTensors {
    let names = description.checkpointNames
    return try tensors(for: graph, optional: optional, dispensable: dispensable) {
      names.names(ofParameter: $0)
    }
  }
}
