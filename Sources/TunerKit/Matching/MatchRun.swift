import ModelGraph

/// One pass over a model's modules with one selection, and what it found.
struct MatchRun {
  let matcher: TargetMatcher
  let selection: TargetSelection
  /// The targets as written, and as matched.
  let given: TargetSelection.Targets
  let targets: TargetSelection.Targets
  let supportedKinds: Set<Module.Kind>?

  private(set) var matched: [Module] = []
  private(set) var excluded: [MatchReport.Decided] = []
  private(set) var unmatched: [MatchReport.Decided] = []
  /// Adapted since an entry is the full path, although the layer is not among those chosen.
  private(set) var outsideLayers: [String] = []

  init(
    matcher: TargetMatcher, selection: TargetSelection, given: TargetSelection.Targets,
    targets: TargetSelection.Targets, supportedKinds: Set<Module.Kind>?
  ) {
    self.matcher = matcher
    self.selection = selection
    self.given = given
    self.targets = targets
    self.supportedKinds = supportedKinds
  }

  mutating func decideAll() throws(TargetError) {
    let exclusion = ExclusionTest(selection)
    let test = TargetTest(targets, layers: LayerFilter(selection))
    let kept = given == .allLinear ? matcher.keptByAllLinear(selection.taskType) : nil
    let deadline = MatchDeadline()
    for module in matcher.modules {
      try deadline.check()
      if let reason = try exclusion.reason(module.path) {
        excluded.append(MatchReport.Decided(module: module, reason: reason))
        continue
      }
      switch try test.decision(module.path) {
      case .matched(let byFullPath):
        matched.append(module)
        // PEFT compiles patterns lazily: a bad one that is never used is no error there, so none here.
        if byFullPath, let layers = test.layers, (try? layers.decision(module.path)) != .chosen {
          outsideLayers.append(module.path)
        }
      case .unmatched(.noEntry) where given == .allLinear:
        let reason = kept.flatMap { $0.path == module.path ? $0.reason : nil } ?? .isNotLinear
        unmatched.append(MatchReport.Decided(module: module, reason: reason))
      case .unmatched(let reason):
        unmatched.append(MatchReport.Decided(module: module, reason: reason))
      }
    }
  }

  /// Refuses what PEFT refuses while it adapts: kinds that a tuner cannot adapt, kernels that
  /// pass a module by.
  func checkMatched() throws(TargetError) {
    let fused: Set<String> = ["falcon_h1", "mamba", "mamba2", "falcon_mamba", "nemotron_h"]
    if let type = matcher.modelType, fused.contains(type),
      let module = matched.first(where: { ["out_proj", "conv1d"].contains($0.name) })
    {
      throw TargetError(.bypassedModule(path: module.path, modelType: type))
    }
    guard let supportedKinds else { return }
    let unsupported = matched.filter { !supportedKinds.contains($0.kind) }
    guard unsupported.isEmpty else {
      let supported = supportedKinds.sorted { $0.description < $1.description }
      throw TargetError(.unsupportedModules(unsupported, supported: supported))
    }
  }

  func report(strict: Bool) throws(TargetError) -> MatchReport {
    let entries = entries()
    if matched.isEmpty, given != .nothing { throw TargetError(failure(entries)) }
    let saved = try SavedModules(
      selection, in: matcher.modules, adapted: Set(matched.map(\.path)), hints: allHints)
    let unused = (entries + unusedExclusions() + saved.entries).filter { $0.count == 0 }
    if strict, !unused.isEmpty { throw TargetError(.unusedEntries(unused)) }
    return MatchReport(
      matched: matched, excluded: excluded, unmatched: unmatched, entries: entries,
      resolvedTargets: targets, saved: saved, warnings: warnings(entries, saved))
  }

  /// Suggests names of modules that the tuner could adapt.
  var targetHints: HintFinder {
    let kinds = supportedKinds
    let candidates = matcher.modules.filter { kinds?.contains($0.kind) ?? true }
    return HintFinder(names: ModuleNames(modules: candidates))
  }

  /// Suggests names of any modules.
  var allHints: HintFinder { HintFinder(names: ModuleNames(modules: matcher.modules)) }
}
