public import ModelGraph

extension Checkpoint {
  /// Finds the tensor of each parameter of the base model.
  ///
  /// A parameter is looked for under its own name and those that `names` gives, and then in the same way
  /// under the names of the modules that share it. Of a tied weight that is there twice, one copy is read;
  /// where the other differs, the two are not tied in these files. `[1]` is as good as the shape of a
  /// scalar.
  /// - Parameters:
  ///   - optional: Parameters that the files need not have; those that they lack, or have in other
  ///     sizes, get no tensor.
  ///   - dispensable: Parameters that the files may lack, but not have in other sizes.
  ///   - names: Other names a parameter can have in files, the most likely first.
  /// - Throws: `ParameterMismatch`, with all that is missing or does not fit.
  public func tensors(
    for graph: Graph, optional: Set<Parameter.ID> = [], dispensable: Set<Parameter.ID> = [],
    names: (String) -> [String] = { [$0] }
  ) throws(ParameterMismatch) -> ParameterTensors {
    var search = ParameterSearch(
      of: self, for: graph, optional: optional, dispensable: dispensable)
    search.readParameters(names: names)
    search.compareDuplicates()
    return try search.result()
  }
}

/// The parameters that a checkpoint has to hold, and all names that the graph has for them.
struct BaseParameters {
  let ids: [Parameter.ID]
  /// All names in the graph, those of shared parameters included.
  private var owners: [String: Parameter.ID] = [:]
  private var shared: [Parameter.ID: [String]] = [:]
  private let graph: Graph

  init(of graph: Graph) {
    self.graph = graph
    ids = graph.parameters.compactMap { parameter in
      parameter.role.isOfBase ? graph.parameter(named: parameter.name) : nil
    }
    for (name, id) in graph.modules.namedParameters(within: "") {
      owners[name] = id
      if name != graph[id].name { shared[id, default: []].append(name) }
    }
    for id in ids { owners[graph[id].name] = id }
  }

  /// A name that files can have for a parameter.
  struct Candidate {
    let name: String
    /// What the module calls the parameter that the name is another one for.
    let module: String
  }

  /// Names to look under, the most likely first, each once.
  func candidates(for id: Parameter.ID, names: (String) -> [String]) -> [Candidate] {
    let own = [graph[id].name] + (shared[id] ?? [])
    let all = own.flatMap { module in
      let others = names(module).filter { owners[$0] == nil }
      return ([module] + others).map { Candidate(name: $0, module: module) }
    }
    var seen = Set<String>()
    return all.filter { seen.insert($0.name).inserted }
  }
}
