public import ModelGraph
import PeftTensors

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
    let parameters = BaseParameters(of: graph)
    var mismatch = ParameterMismatch(path: path, model: graph.name)
    var tensors: [Parameter.ID: Tensor] = [:]
    var unread = Set(self.names)
    var foundNames: [Parameter.ID: String] = [:]
    var others: [(candidate: BaseParameters.Candidate, of: Parameter.ID)] = []
    var partsRead: Set<String> = []
    var readAs: [Parameter.ID: String] = [:]
    var copies: [Parameter.ID: [String]] = [:]
    // What the files do not have as the model needs it, and what of it is there in other sizes.
    var (absent, unused): (Set<Parameter.ID>, [ParameterMismatch.Misshapen]) = ([], [])
    for id in parameters.ids {
      let candidates = parameters.candidates(for: id, names: names)
      let found = candidates.filter { unread.contains(TensorPart($0.name).name) }
      guard let first = found.first, let tensor = tensor(at: TensorPart(first.name)) else {
        absent.insert(id)
        if !optional.contains(id), !dispensable.contains(id) {
          mismatch.missing.append(.init(name: graph[id].name, shape: graph[id].shape))
        }
        continue
      }
      let name = first.name
      // Other parameters are other parts of it.
      let part = TensorPart(name)
      if part.run == nil { unread.remove(name) } else { partsRead.insert(part.name) }
      foundNames[id] = name
      readAs[id] = first.module
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
    unread.subtract(partsRead)
    var untied: [ParameterTensors.Untied] = []
    for (other, id) in others where unread.contains(other.name) {
      guard let read = tensors[id], let tensor = try? tensor(other.name) else { continue }
      if tensor.hasNumbers(of: read) {
        unread.remove(other.name)
        copies[id, default: []].append(other.name)
      } else if other.module != readAs[id], !untied.contains(where: { $0.name == other.module }) {
        unread.remove(other.name)
        if !tensor.type.isFloatingPoint {
          mismatch.notReal.append(.init(name: other.name, type: tensor.type))
        } else if tensor.shape != read.shape {
          mismatch.misshapen.append(
            .init(name: other.name, found: tensor.shape, expected: read.shape))
        } else {
          untied.append(.init(name: other.module, tensor: tensor, from: graph[id].name))
        }
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
      tensors: tensors, names: foundNames, copies: copies.mapValues { $0.sorted() }, untied: untied,
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
