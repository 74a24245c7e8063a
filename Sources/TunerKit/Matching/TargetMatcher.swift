public import ModelGraph

/// Decides which modules of a model a selection of targets means, exactly as PEFT 0.21 does.
///
/// For one path the first test that decides, decides: `exclude_modules`, `modules_to_save`, a
/// pattern or an entry that is the whole path, an entry that ends the path, and last the layer.
public struct TargetMatcher: Sendable {
  /// In the order in which they were registered; the root is no candidate.
  public let modules: [Graph.Module]
  /// `model_type` of a Hugging Face configuration; nil for any other model.
  public let modelType: String?
  /// The path that `all-linear` leaves alone. PEFT knows it for Hugging Face models only.
  public let outputEmbedding: String?

  public init(modules: [Graph.Module], modelType: String? = nil, outputEmbedding: String? = nil) {
    self.modules = modules.filter { !$0.path.isEmpty }
    self.modelType = modelType
    self.outputEmbedding = outputEmbedding
  }

  /// Decides about every module.
  /// - Parameters:
  ///   - selection: Whose layer settings a tuner checks beforehand if it has rules about them.
  ///   - supportedKinds: What the tuner can adapt; nil for anything.
  ///   - strict: Whether an entry that hits nothing is an error though others hit something.
  /// - Throws: `TargetError` where PEFT refuses, and for `all-linear` with chosen layers, which
  ///   PEFT takes for some tuners but understands differently in small models and in large ones.
  /// - Complexity: O(components) a module for a list, however long; a bounded match a module and
  ///   pattern otherwise.
  public func report(
    for selection: TargetSelection, supporting supportedKinds: Set<Graph.Module.Kind>? = nil,
    strict: Bool = false
  ) throws(TargetError) -> MatchReport {
    let given = try given(selection, supportedKinds)
    let targets = resolved(given, selection)
    var run = MatchRun(
      matcher: self, selection: selection, given: given, targets: targets,
      supportedKinds: supportedKinds)
    try run.decideAll()
    try run.checkMatched()
    return try run.report(strict: strict)
  }

  /// The targets as written, in the configuration or in PEFT's defaults.
  private func given(
    _ selection: TargetSelection, _ supportedKinds: Set<Module.Kind>?
  ) throws(TargetError) -> TargetSelection.Targets {
    switch selection.targetModules {
    case .pattern(let text)?:
      let targets = TargetSelection.Targets(text)
      if targets == .allLinear { try refuseLayers(selection) }
      return targets
    case .nothing?: return .nothing
    case .names(let names)?: return .names(distinct(names))
    case .allLinear?:
      try refuseLayers(selection)
      return .allLinear
    case nil:
      if let targets = modelType.flatMap(DefaultTargets.targets) { return targets }
      let linear = ModuleNames(modules: modules.filter { $0.isLinear }).counts(like: "")
      throw TargetError(.noDefaultTargets(modelType: modelType, linear: linear))
    }
  }

  private func refuseLayers(_ selection: TargetSelection) throws(TargetError) {
    if selection.choosesLayers {
      throw TargetError(.allLinearWithLayers(setting: "layers_to_transform"))
    }
  }

  /// The targets as PEFT matches and saves them: `all-linear` as paths, long lists condensed.
  private func resolved(
    _ targets: TargetSelection.Targets, _ selection: TargetSelection
  ) -> TargetSelection.Targets {
    let names: [String]
    switch targets {
    case .pattern, .nothing: return targets
    case .names(let given): names = given
    case .allLinear:
      let kept = keptByAllLinear(selection.taskType)
      names = modules.filter { $0.isLinear && $0.path != kept?.path }.map(\.path)
    }
    return .names(CondensedTargets.resolved(names, in: modules.map(\.path)))
  }

  /// The module that `all-linear` leaves alone, and why.
  func keptByAllLinear(_ task: TaskType?) -> (path: String, reason: MatchReport.Reason)? {
    if let outputEmbedding { return (outputEmbedding, .isOutputEmbedding) }
    guard modelType != nil, task == .sequenceClassification else { return nil }
    let head = ["score", "classifier"].first { name in modules.contains { $0.path == name } }
    return head.map { ($0, .isClassificationHead) }
  }
}

extension Module {
  /// Whether `all-linear` means it: PyTorch's `Linear` with its subclasses, or `Conv1D`.
  var isLinear: Bool {
    [.linear, .conv1D, "NonDynamicallyQuantizableLinear"].contains(kind)
  }
}
