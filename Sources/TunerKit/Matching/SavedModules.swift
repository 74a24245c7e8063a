public import ModelGraph

/// The modules that are trained in full beside the tuner: `modules_to_save` and the task's heads.
public struct SavedModules: Hashable, Sendable {
  /// A module that an entry hit in the middle of a name.
  public struct OffBoundary: Hashable, Sendable {
    public let entry: String
    public let path: String
  }

  /// In the model's order; modules inside others that are listed are left out.
  public let modules: [Graph.Module]
  /// How much each entry that the configuration lists hits; a task's own are not among them.
  public let entries: [EntryHits]
  /// PEFT compares text, so `head` takes `lm_head` too.
  public let offBoundary: [OffBoundary]

  /// - Parameter adapted: The paths that the tuner adapts, which can not be trained in full as well.
  init(
    _ selection: TargetSelection, in modules: [Module], adapted: Set<String>, hints: HintFinder
  ) throws(TargetError) {
    var hits: [Module] = []
    var counts: [String: Int] = [:]
    var offBoundary: [OffBoundary] = []
    let entries = selection.savedAfterMatching
    if entries.contains("") { throw TargetError(.emptySavedModule) }
    let deadline = MatchDeadline()
    for module in modules where !module.path.isEmpty {
      try deadline.check()
      let fitting = entries.filter(module.path.hasSuffix)
      guard let entry = fitting.first else { continue }
      for entry in fitting { counts[entry, default: 0] += 1 }
      // What is inside a module that is trained in full is trained with it.
      if let last = hits.last, module.path.hasPrefix(last.path + ".") { continue }
      if module.isList(in: modules) {
        throw TargetError(.savedModuleIsList(entry: entry, module))
      }
      if adapted.contains(module.path) {
        throw TargetError(.savedModuleIsAdapted(entry: entry, path: module.path))
      }
      hits.append(module)
      if !fitting.contains(where: module.path.isOrEnds) {
        offBoundary.append(OffBoundary(entry: entry, path: module.path))
      }
    }
    self.modules = hits
    self.offBoundary = offBoundary
    self.entries = distinct(selection.modulesToSave).map { entry in
      let count = counts[entry] ?? 0
      return EntryHits(
        entry: entry, count: count, suggestion: count > 0 ? nil : hints.names.nearest(to: entry))
    }
  }
}

extension Module {
  /// Whether it only lists others, so that there is nothing to run: PyTorch's list and dictionary
  /// classes, or a container of numbered containers.
  fileprivate func isList(in modules: [Module]) -> Bool {
    let lists: Set<Kind> = ["ModuleList", "ModuleDict", "ParameterList", "ParameterDict"]
    if lists.contains(kind) { return true }
    guard kind == .container else { return false }
    let children = modules.filter {
      $0.path.hasPrefix(path + ".") && dotCount($0.path) == dotCount(path) + 1
    }
    return !children.isEmpty
      && children.allSatisfy { $0.kind == .container && $0.name.allSatisfy(\.isWholeNumber) }
  }
}
