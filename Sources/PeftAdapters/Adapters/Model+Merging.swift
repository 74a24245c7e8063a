import CPUCore
import ModelGraph
import PeftReports
import PeftTensors
import TunerKit

extension Model {
  /// This model with adapters merged into its weights: no adapter is left to compute.
  ///
  /// Sums are made in 32 bits and rounded once to the type that the weight is stored in. A weight that
  /// a module shares with one that no adapter changes is no longer shared: the other keeps its own.
  /// - Throws: `MergeError` where a result is not finite; `AdapterError` where the adapters do not
  ///   fit.
  public func merged(with adapters: [AdapterWeights]) throws -> Model {
    let merged = try MergedWeights(adapters, on: self)
    var graph = try self.graph.prepared(for: adapters.map(\.adapter))
    var parameters = self.parameters
    for name in merged.separated {
      let shared = graph.parameter(calledByModule: name)
      graph = try graph.separating(name)
      if let shared, let own = graph.parameter(calledByModule: name) {
        parameters[own] = parameters[shared]
      }
    }
    for name in merged.names {
      if let id = graph.parameter(calledByModule: name) { parameters[id] = try merged.tensor(name) }
    }
    return changed(
      graph: graph, parameters: parameters, warnings: adapters.flatMap(\.warnings))
  }
}

/// The parameters that adapters change, computed one at a time.
struct MergedWeights {
  /// As the modules call them, in the order in which they are first changed.
  let names: [String]
  /// Names under which a module has to get a parameter of its own first.
  let separated: [String]
  private let weights: Model
  private let elements: [String: ElementType]

  init(_ adapters: [AdapterWeights], on base: Model) throws {
    let plans = adapters.map(\.adapter)
    let replaced = adapters.flatMap(\.baseParameters)
    // Weights are made in 32 bits, whatever the model is then run in.
    weights = base.computing(in: .f32).rewritten(
      as: try base.graph.merging(plans, replacing: replaced), with: adapters.flatMap(\.tensors))
    // What the files lack is left out: the pooler of an encoder that has none.
    let (graph, lacking) = (weights.graph, weights.lackingParameters)
    names = graph.outputs.map(\.name).filter {
      base.parameters.isEmpty || graph.parametersRead(by: [$0]).isDisjoint(with: lacking)
    }
    let biases = plans.flatMap(\.copies).filter { $0.module == nil }.map(\.name)
    let sharing = try Sharing(
      names, replaced: Set(replaced + biases), in: base.graph.prepared(for: plans))
    separated = sharing.separated
    elements = sharing.elements
  }

  /// The type in which a merged parameter is stored.
  func type(_ name: String) -> NumberType { NumberType(elements[name] ?? .float32) }

  func shape(_ name: String) -> [Int] {
    weights.graph.outputs.first { $0.name == name }
      .map { weights.graph[$0.value].type.shape.dimensions.compactMap(\.size) } ?? []
  }

  /// What a parameter becomes, in the type in which it is stored.
  /// - Throws: `MergeError.notFinite`.
  func tensor(_ name: String) throws -> Tensor {
    let exact = try weights.output(name)
    let tensor = exact.converted(to: type(name))
    guard tensor.isFinite else { throw MergeError.notFinite(name) }
    return tensor
  }
}

/// Which merged parameters are shared with modules that keep theirs.
private struct Sharing {
  private(set) var separated: [String] = []
  private(set) var elements: [String: ElementType] = [:]

  /// - Parameter replaced: Parameters that change for all their readers.
  init(_ names: [String], replaced: Set<String>, in graph: Graph) {
    let changed = Set(names)
    let allNames = graph.modules.parameterNames()
    for name in names {
      guard let id = graph.parameter(calledByModule: name) else { continue }
      elements[name] = graph[id].element
      let others = (allNames[id] ?? []).filter { $0 != name }
      guard !others.isEmpty, !replaced.contains(name) else { continue }
      if name == graph[id].name {
        // Modules that keep the old values get a parameter for them.
        separated += others.filter { !changed.contains($0) }
      } else {
        separated.append(name)
      }
    }
  }
}
