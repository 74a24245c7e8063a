public import PeftBasics
public import TunerKit

/// What an adapter costs on one model, counted from shapes alone.
public struct Budget: Hashable, Sendable {
  /// The model's name.
  public let model: String
  /// The tuner's name, in lower case.
  public let tuner: String
  /// The settings that were asked for, by their names in files: the rank, and all that differ from
  /// the tuner's defaults.
  public let settings: [String: ConfigurationValue]
  /// The rank of most modules; nil for a tuner without one.
  public let rank: Int?
  /// The name of the rank's field.
  public let rankField: String?
  /// The targets as they were found: a pattern, or names.
  public let targetModules: TargetSelection.Targets
  /// How many modules are updated.
  public let targets: Int
  /// Entries of the base model's parameters; shared ones count once.
  public let baseParameters: Int
  /// Trainable parameters: the tuner's tensors, copies of saved modules, biases.
  public let trainableParameters: Int
  /// Of these, the tuner's tensors.
  public let adapterParameters: Int
  /// Of these, copies of modules that are trained in full.
  public let savedModuleParameters: Int
  /// Of these, the base model's own biases.
  public let biasParameters: Int
  /// Entries of the frozen bases, shared ones once.
  public let basisEntries: Int
  /// The bases in memory: packed where all their entries are −s, 0 and s, otherwise as 32-bit floats.
  public let basisBytes: Int
  /// The length of the adapter's file without bases, in bytes.
  public let adapterBytes: Int
  /// The same with the bases in it once.
  public let adapterBytesWithBases: Int
  /// The length of the file as PEFT 0.21.2 writes it, some tuners' bases once more for every module.
  public let peftAdapterBytes: Int
  /// The highest rank that any module's update can have.
  public let updateRank: Int
  /// One line for each updated module.
  public let modules: [ModuleBudget]

  /// AdamW's two moments of every trained entry, as 32-bit floats.
  public var optimizerBytes: Int { 8 * trainableParameters }
  /// The gradient of every trained entry, as a 32-bit float.
  public var gradientBytes: Int { 4 * trainableParameters }
  /// Base, adapter and copies, as PEFT's `print_trainable_parameters` adds them up.
  public var allParameters: Int { baseParameters + adapterParameters + savedModuleParameters }
  /// The trained share of all parameters, in percent.
  public var trainablePercent: Double {
    allParameters == 0 ? 0 : 100 * Double(trainableParameters) / Double(allParameters)
  }
}

/// What an adapter costs at one module.
public struct ModuleBudget: Hashable, Sendable {
  public let path: String
  public let kind: Graph.Module.Kind
  public let outputs: Int
  public let inputs: Int
  /// Trained entries of the tuner that are this module's alone.
  public let trainableParameters: Int
  /// The highest rank that the update can have.
  public let updateRank: Int
}

extension Budget {
  /// Counts an adapter.
  /// - Throws: `SizeOverflow` where a count is beyond 2⁶⁰.
  public init(_ adapter: Adapter, on graph: Graph) throws {
    let graph = try graph.prepared(for: adapter)
    let modules = try adapter.updates.map(ModuleBudget.init)
    let tensors = adapter.tensors
    let adapterParameters = try tensors.filter(\.isTrained).map { try $0.count() }
      .checkedSum(of: "the trained parameters")
    let saved = try adapter.match.saved.modules.map { module in
      try graph.modules.parameters(within: module.path).map { graph[$0].count }
        .checkedSum(of: "the saved modules")
    }.checkedSum(of: "the saved modules")
    let biases = try adapter.trainedBiases.map { graph[$0].count }.checkedSum(of: "the biases")
    let trainable = try [adapterParameters, saved, biases].checkedSum(
      of: "the trained parameters")
    let frozen = tensors.filter { !$0.isTrained && !$0.isDerived }
    let bases = try frozen.map { try $0.count() }.checkedSum(of: "the bases")
    guard max(trainable, bases) < 1 << 59 else {
      throw SizeOverflow(counting: "the number of bytes")
    }
    let hasBases = bases > 0
    let basisBytes = try frozen.map { try $0.initial.byteCount(of: $0.count()) }
      .checkedSum(of: "the bases")
    let contents = AdapterContents(adapter, of: graph, projection: .none)
    let peftContents = AdapterContents(asWrittenByPEFT: adapter, of: graph)
    let slim = try contents.fileBytes()
    // Laying a file out means sorting it, and mostly it is the same file.
    let peft =
      peftContents.entries == contents.entries ? slim : try peftContents.fileBytes()
    let whole =
      hasBases ? try AdapterContents(adapter, of: graph, projection: .shared).fileBytes() : slim
    self.init(
      model: graph.name, tuner: adapter.tunerName.lowercased(),
      settings: adapter.requested.merging(adapter.configuration.rankValues) { $1 }.dictionary,
      rank: adapter.configuration.rank, rankField: adapter.configuration.rankField,
      targetModules: adapter.match.resolvedTargets, targets: modules.count,
      baseParameters: graph.entryCount, trainableParameters: trainable,
      adapterParameters: adapterParameters, savedModuleParameters: saved, biasParameters: biases,
      basisEntries: bases, basisBytes: basisBytes, adapterBytes: slim, adapterBytesWithBases: whole,
      peftAdapterBytes: peft,
      updateRank: modules.map(\.updateRank).max() ?? 0, modules: modules)
  }
}

extension ModuleBudget {
  init(_ update: SiteUpdate) throws {
    path = update.site.path
    kind = update.site.kind
    outputs = update.site.outputs
    inputs = update.site.inputs
    trainableParameters = try update.ownTensors.filter(\.isTrained).map { try $0.count() }
      .checkedSum(of: "the trained parameters")
    updateRank = try update.update.rankBound()
  }
}
