public import OrderedCollections

/// One tuner's configuration applied to one model: what is updated, how, and what else is trained.
///
/// It holds names, shapes and expressions, no weights. `Graph.adapted(by:)` makes it part of the
/// computation.
public struct Adapter: Sendable {
  /// The name among other adapters of the same model.
  public let name: String
  /// The configuration, with targets as they were found.
  public private(set) var configuration: any TunerConfiguration
  /// The tuner's name in files, in capitals.
  public let tunerName: String
  /// The settings that were asked for: those that differ from the defaults.
  public let requested: OrderedDictionary<String, ConfigurationValue>
  /// What was decided about every module.
  public let match: MatchReport
  /// The updated modules, in registration order.
  public let updates: [SiteUpdate]
  /// The base model's biases that are trained with it.
  public let trainedBiases: [Parameter.ID]
  /// The base model's parameters that are trained as copies: saved modules', then biases.
  public let copies: [TrainedCopy]
  /// What the user should know.
  public let warnings: [String]
  /// The tuner's schedule, called after every step of training; nil for none.
  package let schedule: (@Sendable (inout TrainingStep) -> Void)?

  /// The name of an adapter that is not given one, as in PEFT.
  public static let defaultName = "default"

  /// Applies a configuration to a model.
  ///
  /// - Parameters:
  ///   - isStrict: Whether an entry of the target list that hits nothing is an error, even where
  ///     others hit.
  /// - Throws: `TargetError` where targets cannot be found or updated, `ConfigurationErrors` where
  ///   fields contradict each other, `AdapterError` where the sizes are too large.
  public init<Configuration: TunerConfiguration>(
    _ configuration: Configuration, for graph: Graph, name: String = defaultName,
    isStrict: Bool = false
  ) throws {
    guard Self.isName(name) else { throw AdapterError.badName(name) }
    try configuration.check()
    let graph = try graph.replicated(as: configuration)
    let options = configuration.options
    let match = try TargetMatcher(
      modules: graph.modules.modules, modelType: graph.origin.modelType,
      outputEmbedding: graph.origin.outputEmbedding
    ).report(
      for: options.targets, supporting: Set(Configuration.Method.supportedKinds), strict: isStrict)
    let sites = try match.matched.map { module in
      guard let site = Site(module, in: graph) else { throw AdapterError.noWeight(module) }
      guard max(site.outputs, site.inputs) <= Site.largestSize else {
        throw AdapterError.largeWeight(module.path, [site.outputs, site.inputs])
      }
      return site
    }
    if graph.modules.hasComponent(name) { throw AdapterError.nameOfModule(name) }
    let tuner = try Configuration.Method(configuration, sites: sites)
    updates = try sites.map { try SiteUpdate($0, by: tuner) }
    schedule = (tuner as? any ScheduledTuner)?.schedule
    var resolved = configuration
    resolved.options.targets.targetModules = match.resolvedTargets
    if !Configuration.hasInFile(AdapterOptions.exclusionField),
      options.targets.excludeModules != nil
    {
      resolved.options.targets.nameTargets(of: match, in: graph)
    }
    resolved.options.targets.modulesToSave = options.targets.savedAfterMatching
    // PEFT corrects the flag at each layer that has an order of its own; the last one's stays.
    let matrices = sites.filter { [.linear, .conv1D].contains($0.kind) }
    let storage = Set(matrices.map(\.isStoredTransposed))
    resolved.options.fanInFanOut =
      matrices.last?.isStoredTransposed ?? options.fanInFanOut ?? false
    self.configuration = resolved
    self.name = name
    tunerName = Configuration.Method.name
    requested = configuration.changedValues
    self.match = match
    trainedBiases = Self.biases(options.bias, of: graph, match: match)
    copies =
      match.saved.modules.flatMap { TrainedCopy.all(in: $0.path, of: graph) }
      + trainedBiases.map { TrainedCopy(bias: $0, of: graph) }
    var warnings = match.warnings.map(\.description) + tuner.warnings
    if let stated = options.fanInFanOut, !storage.isEmpty, storage != [stated] {
      warnings.append(
        "fan_in_fan_out is \(stated), but \(stated ? "some" : "not all") of the modules store "
          + "weights [out, in]; each is treated as it is stored")
    }
    warnings += Self.tiedWarnings(match, in: graph)
    self.warnings = warnings
    try checkLayers(of: graph)
    try checkTensors()
  }

  /// Names become parts of parameters' names, and of paths when several adapters are saved.
  private static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 200
      && name.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && !"./\\\u{7F}".unicodeScalars.contains($0)
      }
  }

  /// What happens to modules that share a weight with another one.
  private static func tiedWarnings(_ match: MatchReport, in graph: Graph) -> [String] {
    let owners = graph.modules.parameterNames().filter { $0.value.count > 1 }
    guard !owners.isEmpty else { return [] }
    func others(_ path: String) -> String? {
      guard let weight = graph.modules.ownParameters(of: path)["weight"] else { return nil }
      let names =
        owners[weight]?.filter {
          $0 != "\(path).weight" && !isInLayerLike($0, "\(path).weight")
        } ?? []
      return names.isEmpty ? nil : names.joined(separator: ", ")
    }
    return match.matched.compactMap { module in
      others(module.path).map {
        "\(module.path) shares its weight with \($0), which does not see the update"
      }
    }
      + match.saved.modules.compactMap { module in
        others(module.path).map {
          "\(module.path) shares its weight with \($0); the copy that is trained does not"
        }
      }
  }

  /// Whether a parameter is a bias by PEFT's rule, and not in a module of which a copy is trained.
  private static func isFreeBias(_ name: String, _ saved: SavedModules) -> Bool {
    (name == "bias" || name.hasSuffix(".bias"))
      && !saved.modules.contains { name.hasPrefix($0.path + ".") }
  }

  private static func biases(
    _ training: BiasTraining, of graph: Graph, match: MatchReport
  ) -> [Parameter.ID] {
    switch training {
    case .none: []
    case .all: graph.modules.parameters.filter { isFreeBias(graph[$0].name, match.saved) }
    case .only:
      match.matched.compactMap { graph.modules.ownParameters(of: $0.path)["bias"] }
    }
  }
}

extension Adapter {
  /// All tensors of all updates, each once.
  public var tensors: [UpdateTensor] { sharedTensors + updates.flatMap(\.ownTensors) }

  /// The tensors that several modules may share, each once.
  public var sharedTensors: [UpdateTensor] {
    var found: [UpdateTensor] = []
    for update in updates {
      for tensor in update.tensors where tensor.site == nil && !found.contains(tensor) {
        found.append(tensor)
      }
    }
    return found
  }

  /// This adapter with the name of its base model in its configuration, where that has none.
  package func onBase(named name: String) -> Adapter {
    guard configuration.options.baseModelNameOrPath == nil else { return self }
    var copy = self
    copy.configuration.options.baseModelNameOrPath = name
    return copy
  }

  /// This adapter with its task in its configuration, where that has none and the adapter stays what it is:
  /// tasks have heads that PEFT trains in full and that no tuner may touch, so that it could not be loaded again.
  /// - Parameter graph: The base model's.
  package func forTask(_ task: TaskType, on graph: Graph) -> Adapter {
    guard configuration.options.targets.taskType == nil else { return self }
    var copy = self
    copy.configuration.options.targets.taskType = task
    guard let applied = try? Adapter(copy.configuration, for: graph, name: name),
      applied.updates.map(\.site.path) == updates.map(\.site.path), applied.copies == copies
    else { return self }
    return copy
  }

  /// This adapter with the Python class of its base model in its configuration, where that has no task, which
  /// would say the same: `AutoPeftModel` of PEFT then loads both.
  /// - Parameter module: The Python module of the class.
  package func onClass(_ name: String, in module: String) -> Adapter {
    guard configuration.options.targets.taskType == nil,
      configuration.options.autoMapping == .null
    else { return self }
    var copy = self
    copy.configuration.options.autoMapping = .map([
      "base_model_class": .text(name), "parent_library": .text(module),
    ])
    return copy
  }

  /// Refuses tensors that would take each other's place: two with one name that differ, or one that
  /// says it belongs to another module.
  private func checkTensors() throws(AdapterError) {
    var known: [String: UpdateTensor] = [:]
    for update in updates {
      for tensor in update.tensors {
        guard !tensor.name.isEmpty, tensor.site ?? update.site.path == update.site.path else {
          throw .strayTensor(tensor.name, site: update.site.path)
        }
        let name = tensor.parameterName(adapter: name)
        if let other = known.updateValue(tensor, forKey: name), other != tensor {
          throw .ambiguousTensor(tensor.name, site: update.site.path)
        }
      }
    }
  }
}
