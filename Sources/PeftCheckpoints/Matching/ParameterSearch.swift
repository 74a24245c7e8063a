import ModelGraph
import PeftTensors

/// The search for the parameters of a base model in a checkpoint: all are read, then what is there twice
/// is compared, and the result is checked.
struct ParameterSearch {
  private let checkpoint: Checkpoint
  private let graph: Graph
  private let parameters: BaseParameters
  private let optional: Set<Parameter.ID>
  private let dispensable: Set<Parameter.ID>

  private var tensors: [Parameter.ID: Tensor] = [:]
  /// The names under which parameters were found.
  private var sources: [Parameter.ID: BaseParameters.Candidate] = [:]
  /// Tensors of the files that nothing has read.
  private var unread: Set<String>
  /// Other names of parameters that the files have as well.
  private var duplicates: [(name: BaseParameters.Candidate, of: Parameter.ID)] = []
  private var copies: [Parameter.ID: [String]] = [:]
  private var untied: [ParameterTensors.Untied] = []
  /// What the files do not have as the model needs it.
  private var absent: Set<Parameter.ID> = []
  /// Optional parameters that are there in other sizes.
  private var unused: [ParameterMismatch.Misshapen] = []
  private var mismatch: ParameterMismatch

  init(
    of checkpoint: Checkpoint, for graph: Graph, optional: Set<Parameter.ID>,
    dispensable: Set<Parameter.ID>
  ) {
    self.checkpoint = checkpoint
    self.graph = graph
    self.optional = optional
    self.dispensable = dispensable
    parameters = BaseParameters(of: graph)
    unread = Set(checkpoint.names)
    mismatch = ParameterMismatch(path: checkpoint.path, model: graph.name)
  }

  // MARK: - Reading

  /// Reads every parameter from the first of its names that is there.
  mutating func readParameters(names: (String) -> [String]) {
    // One tensor can hold several parameters as its parts.
    var readInParts: Set<String> = []
    for id in parameters.ids {
      let found = parameters.candidates(for: id, names: names)
        .filter { unread.contains(TensorPart($0.name).name) }
      guard let first = found.first, let tensor = checkpoint.tensor(at: TensorPart(first.name))
      else {
        miss(id)
        continue
      }
      let part = TensorPart(first.name)
      if part.run == nil { unread.remove(first.name) } else { readInParts.insert(part.name) }
      duplicates += found.dropFirst().map { ($0, id) }
      read(id, from: first, tensor)
    }
    unread.subtract(readInParts)
  }

  private mutating func miss(_ id: Parameter.ID) {
    absent.insert(id)
    guard !optional.contains(id), !dispensable.contains(id) else { return }
    mismatch.missing.append(.init(name: graph[id].name, shape: graph[id].shape))
  }

  private mutating func read(
    _ id: Parameter.ID, from source: BaseParameters.Candidate, _ tensor: Tensor
  ) {
    let parameter = graph[id]
    sources[id] = source
    if !tensor.type.isFloatingPoint {
      mismatch.notReal.append(.init(name: source.name, type: tensor.type))
    } else if tensor.shape == parameter.shape {
      tensors[id] = tensor
    } else if tensor.count == 1, parameter.count == 1, tensor.shape.count <= 1,
      parameter.shape.count <= 1
    {
      tensors[id] = tensor.reshaped(parameter.shape)
    } else {
      absent.insert(id)
      let sizes = ParameterMismatch.Misshapen(
        name: source.name, found: tensor.shape, expected: parameter.shape)
      if optional.contains(id) {
        sources[id] = nil
        unused.append(sizes)
      } else {
        mismatch.misshapen.append(sizes)
      }
    }
  }

  // MARK: - Duplicates

  /// Compares what is there under other names of a parameter with what was read: the same numbers are a
  /// copy, others untie the module that has them.
  mutating func compareDuplicates() {
    for (other, id) in duplicates where unread.contains(other.name) {
      guard let read = tensors[id], let tensor = try? checkpoint.tensor(other.name) else {
        continue
      }
      if tensor.hasNumbers(of: read) {
        unread.remove(other.name)
        copies[id, default: []].append(other.name)
      } else if other.module != sources[id]?.module,
        !untied.contains(where: { $0.name == other.module })
      {
        unread.remove(other.name)
        untie(other, from: id, tensor, shape: read.shape)
      }
    }
  }

  private mutating func untie(
    _ other: BaseParameters.Candidate, from id: Parameter.ID, _ tensor: Tensor, shape: [Int]
  ) {
    if !tensor.type.isFloatingPoint {
      mismatch.notReal.append(.init(name: other.name, type: tensor.type))
    } else if tensor.shape != shape {
      mismatch.misshapen.append(.init(name: other.name, found: tensor.shape, expected: shape))
    } else {
      untied.append(.init(name: other.module, tensor: tensor, from: graph[id].name))
    }
  }

  // MARK: - Result

  /// What was found.
  /// - Throws: `ParameterMismatch`, with all that is missing or does not fit.
  func result() throws(ParameterMismatch) -> ParameterTensors {
    var mismatch = mismatch
    mismatch.unexpected = unread.filter { !HarmlessTensors.contains($0) }.sorted()
    guard mismatch.isEmpty else {
      mismatch.missingHeads = MissingHeads(absent, of: graph).modules
      mismatch.absent = parameters.ids.filter(absent.contains).map {
        .init(name: graph[$0].name, shape: graph[$0].shape)
      }
      mismatch.unexpectedShapes = Dictionary(
        uniqueKeysWithValues: mismatch.unexpected.map { ($0, checkpoint.info($0)?.shape ?? []) })
      throw mismatch
    }
    return ParameterTensors(
      tensors: tensors, names: sources.mapValues(\.name), copies: copies.mapValues { $0.sorted() },
      untied: untied, unexpected: mismatch.unexpected, unused: unused)
  }
}
