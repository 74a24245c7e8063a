public import ModelGraph
import PeftTensors

extension Checkpoint {
  /// Finds the tensor of each parameter of the base model.
  ///
  /// A parameter is looked for under its own name, under those of the modules that share it, and then
  /// under those that `names` gives. Of a tied weight that is there twice, one copy is read; the
  /// other is unexpected only where it differs. `[1]` is as good as the shape of a scalar.
  /// - Parameters:
  ///   - optional: Parameters that the files need not have; those that they lack, or have in other
  ///     sizes, get no tensor.
  ///   - names: Other names a parameter can have in files, the most likely first.
  /// - Throws: `ParameterMismatch`, with all that is missing or does not fit.
  public func tensors(
    for graph: Graph, optional: Set<Parameter.ID> = [], names: (String) -> [String] = { [$0] }
  ) throws(ParameterMismatch) -> ParameterTensors {
    let parameters = BaseParameters(of: graph)
    var mismatch = ParameterMismatch(path: path, model: graph.name)
    var tensors: [Parameter.ID: Tensor] = [:]
    var unread = Set(self.names)
    var foundNames: [Parameter.ID: String] = [:]
    var others: [(name: String, of: Parameter.ID)] = []
    var copies: [Parameter.ID: [String]] = [:]
    // What the files do not have as the model needs it, and what of it is there in other sizes.
    var (absent, unused): (Set<Parameter.ID>, [ParameterMismatch.Misshapen]) = ([], [])
    for id in parameters.ids {
      let candidates = parameters.candidates(for: id, names: names)
      let found = candidates.filter { unread.contains($0) }
      guard let name = found.first, let tensor = try? tensor(name) else {
        absent.insert(id)
        if !optional.contains(id) {
          mismatch.missing.append(.init(name: graph[id].name, shape: graph[id].shape))
        }
        continue
      }
      unread.remove(name)
      foundNames[id] = name
      others += found.dropFirst().map { ($0, id) }
      let parameter = graph[id]
      if !tensor.type.isFloatingPoint {
        mismatch.notReal.append(.init(name: name, type: tensor.type))
      } else if tensor.shape == parameter.shape {
        tensors[id] = tensor
      } else if tensor.count == 1, parameter.count == 1, tensor.shape.count <= 1,
        parameter.shape.count <= 1
      {
        tensors[id] = tensor.reshaped(parameter.shape)
      } else {
        absent.insert(id)
        let sizes = ParameterMismatch.Misshapen(
          name: name, found: tensor.shape, expected: parameter.shape)
        if optional.contains(id) {
          foundNames[id] = nil
          unused.append(sizes)
        } else {
          mismatch.misshapen.append(sizes)
        }
      }
    }
    for other in others where unread.contains(other.name) {
      if let read = tensors[other.of], let tensor = try? tensor(other.name),
        tensor.isIdentical(to: read)
      {
        unread.remove(other.name)
        copies[other.of, default: []].append(other.name)
      }
    }
    mismatch.unexpected = unread.filter { !HarmlessTensors.contains($0) }.sorted()
    guard mismatch.isEmpty else {
      mismatch.missingHeads = MissingHeads(absent, of: graph).modules
      mismatch.absent = parameters.ids.filter(absent.contains).map {
        .init(name: graph[$0].name, shape: graph[$0].shape)
      }
      mismatch.unexpectedShapes = Dictionary(
        uniqueKeysWithValues: mismatch.unexpected.map { ($0, info($0)?.shape ?? []) })
      throw mismatch
    }
    return ParameterTensors(
      tensors: tensors, names: foundNames, copies: copies.mapValues { $0.sorted() },
      unexpected: mismatch.unexpected, unused: unused)
  }
}

/// The parameters that a checkpoint has to hold, and all names that the graph has for them.
private struct BaseParameters {
  let ids: [Parameter.ID]
  /// All names in the graph, those of shared parameters included.
  private var owners: [String: Parameter.ID] = [:]
  private var shared: [Parameter.ID: [String]] = [:]
  private let graph: Graph

  init(of graph: Graph) {
    self.graph = graph
    ids = graph.parameters.compactMap { parameter in
      parameter.role == .base ? graph.parameter(named: parameter.name) : nil
    }
    for (name, id) in graph.modules.namedParameters(within: "") {
      owners[name] = id
      if name != graph[id].name { shared[id, default: []].append(name) }
    }
    for id in ids { owners[graph[id].name] = id }
  }

  /// Names to look under, the most likely first, each once.
  func candidates(for id: Parameter.ID, names: (String) -> [String]) -> [String] {
    let own = [graph[id].name] + (shared[id] ?? [])
    var seen = Set<String>()
    return (own + own.flatMap(names)).filter { name in
      seen.insert(name).inserted && (owners[name] ?? id) == id
    }
  }
}
