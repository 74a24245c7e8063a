import ModelDescription
import ModelGraph
import PeftBasics
import PeftCheckpoints
import PeftTensors

extension Graph {
  /// This graph with parameters of their own for the modules that have their own values in the files, and
  /// the tensors of all its parameters.
  func fitted(
    to found: ParameterTensors, _ warnings: inout [String]
  ) throws -> (graph: Graph, parameters: [Parameter.ID: Tensor]) {
    var (graph, parameters) = (self, found.tensors)
    for untied in found.untied {
      graph = try graph.separating(untied.name)
      guard let own = graph.parameter(calledByModule: untied.name) else { continue }
      parameters[own] = untied.tensor
      warnings.append(
        "\(untied.name.shown) is used as the files have it: the configuration ties it to "
          + "\(untied.from.shown), whose numbers are others")
    }
    return (graph, parameters)
  }

  /// This graph without the outputs for which there are no weights.
  func leavingOut(
    outputsOf lacking: some Collection<Parameter.ID>, _ warnings: inout [String]
  ) -> Graph {
    let lacking = Set(lacking)
    let left = outputs.filter { !parametersRead(by: [$0.name]).isDisjoint(with: lacking) }
    guard !left.isEmpty else { return self }
    let names = lacking.sorted { $0.index < $1.index }.map { self[$0].name }
    warnings.append(
      "\(left.map(\.name).listed(upTo: 5)) is left out: the files lack \(names.shownFirst)")
    return withOutputs(outputs.filter { output in !left.contains { $0.name == output.name } })
  }
}

extension ModelDescription {
  /// The description of the model that the files hold, where a family is described in several ways: with
  /// a head of its own, and without one.
  func fitted(to checkpoint: Checkpoint) throws -> ModelDescription {
    guard let alternative = try withoutHead(), let head = try graph().headWeight else {
      return self
    }
    let names = [head] + checkpointNames.names(ofParameter: head)
    return names.contains { checkpoint.info($0) != nil } ? self : alternative
  }
}

extension Graph {
  /// The weight of the module that computes the logits, where it is its own.
  fileprivate var headWeight: String? {
    origin.outputEmbedding.map { "\($0).weight" }.flatMap { parameter(named: $0) == nil ? nil : $0 }
  }
}
