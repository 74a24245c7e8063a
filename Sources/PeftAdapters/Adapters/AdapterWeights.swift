import CPUCore
public import ModelGraph
import PeftBasics
public import PeftTensors
public import TunerKit

/// An adapter with its weights: what a `PeftModel` holds, and what files carry.
public struct AdapterWeights: Sendable {
  public let adapter: Adapter
  /// By the names of the parameters in an adapted graph: what is trained, bases, copies; and the base
  /// model's parameters that its file has.
  public let tensors: [String: Tensor]
  /// Which torch draws its bases from their key; nil where they do not follow from it.
  public let generation: TorchGeneration?
  /// Parameters of the base model in whose place its own tensors are used, as PEFT does where an adapter's
  /// file has them.
  public let baseParameters: [String]
  /// The files that hold its weights: leave them as they are.
  public let files: [String]
  /// What the user should know.
  public let warnings: [String]
  /// What was done to read it that the user may want to know.
  public let notes: [String]

  public var name: String { adapter.name }

  /// - Parameters:
  ///   - tensors: All of the adapter's, by the names of the parameters in an adapted graph.
  ///   - generation: Which torch draws its bases from their key; nil where they do not follow from it.
  public init(
    _ adapter: Adapter, tensors: [String: Tensor], generation: TorchGeneration? = nil,
    baseParameters: [String] = [], files: [String] = [], warnings: [String] = [],
    notes: [String] = []
  ) {
    self.adapter = adapter
    self.tensors = tensors
    self.generation = generation
    self.baseParameters = baseParameters
    self.files = files
    self.warnings = warnings
    self.notes = notes
  }

  /// An adapter that starts fresh on a model, but for what is given.
  ///
  /// - Parameters:
  ///   - seed: The seed of fresh values; with torch's they are those of PEFT.
  ///   - generation: Which torch's bases are drawn.
  ///   - given: Tensors by the parameters' names in the adapted graph.
  /// - Throws: `RandomBasisError` where bases cannot be drawn; `DecompositionError` where the adapter
  ///   starts from a weight that has none.
  public init(
    _ adapter: Adapter, on base: Model, seed: Int = 0, generation: TorchGeneration = .current,
    given: [String: Tensor] = [:]
  ) throws {
    try adapter.checkSize(on: base.graph)
    let graph = try base.graph.adapted(by: adapter, inTraining: false)
      .drawing(basesOf: adapter.name, as: generation)
    let roles: Set<Parameter.Role> = [.adapter(adapter.name), .frozenBasis(adapter.name)]
    var tensors = given
    var values = InitialValues(seed: seed)
    let drawn = try values.fill(graph) { roles.contains($0.role) && given[$0.name] == nil }
    for (id, tensor) in drawn { tensors[graph[id].name] = tensor }
    for copy in adapter.copies {
      let name = copy.parameterName(adapter: adapter.name)
      if tensors[name] == nil { tensors[name] = base.parameters[copy.original] }
    }
    for tensor in adapter.tensors where tensor.isTrained && tensor.initial == .loaded {
      guard tensors[tensor.parameterName(adapter: adapter.name)] != nil else {
        throw AdapterError.startsFromData(tensor.name)
      }
    }
    let replaced = Set(given.keys.filter { base.graph.parameter(named: $0) != nil })
    let base = replaced.isEmpty ? base : base.rewritten(as: base.graph, with: Array(given))
    for update in adapter.updates {
      try tensors.addDerived(
        of: update, in: adapter, graph: graph, on: base, replaced: replaced)
    }
    self.init(
      adapter, tensors: tensors, generation: generation,
      baseParameters: replaced.sorted(), warnings: adapter.warnings)
  }
}

extension AdapterWeights {
  /// The same weights of an adapter that differs in what its configuration says of the base model or of the
  /// task alone.
  package func of(_ adapter: Adapter) -> AdapterWeights {
    AdapterWeights(
      adapter, tensors: tensors, generation: generation, baseParameters: baseParameters,
      files: files, warnings: warnings, notes: notes)
  }
}

extension Adapter {
  /// Refuses an adapter that dwarfs its model before memory is taken for it: a rank from a damaged file.
  func checkSize(on graph: Graph) throws {
    let entries = try tensors.map { try $0.count() }.checkedSum(of: "the adapter's tensors")
    guard entries <= Self.mostEntries(on: graph) else {
      throw AdapterError.tooLarge(entries: entries, model: graph.entryCount)
    }
  }

  /// More than any adapter of a model needs.
  static func mostEntries(on graph: Graph) -> Int { max(1 << 26, 16 * graph.entryCount) }
}
