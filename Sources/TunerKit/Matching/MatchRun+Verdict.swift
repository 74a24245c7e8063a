import ModelGraph

extension MatchRun {
  /// Why nothing is adapted.
  func failure(_ entries: [EntryHits]) -> TargetError.Reason {
    if unmatched.isEmpty, let example = excluded.first { return .everythingExcluded(example) }
    let linear = ModuleNames(modules: matcher.modules.filter { $0.isLinear }).counts(like: "")
    if [.names([]), .pattern("")].contains(given) { return .noTargets(linear: linear) }
    if let reason = failureOfLayers(entries) { return reason }
    return excluded.isEmpty
      ? .notFound(entries, linear: linear) : .excludedOrNotFound(entries, linear: linear)
  }

  /// Why nothing is adapted, where that is because of the chosen layers.
  private func failureOfLayers(_ entries: [EntryHits]) -> TargetError.Reason? {
    let isExcluded = entries.contains { entry in
      switch entry.suggestion {
      case .decidedOtherwise(.wrongLayer, _)?, .decidedOtherwise(.noLayerNumber, _)?: false
      case .decidedOtherwise?: true
      default: false
      }
    }
    guard !isExcluded, let chosen = selection.layersToTransform else { return nil }
    let present = unmatched.compactMap { decided in
      if case .wrongLayer(let layer) = decided.reason { layer } else { nil }
    }
    if !present.isEmpty {
      return .otherLayers(chosen: chosen, present: Set(present).sorted())
    }
    return unmatched.first { $0.reason == .noLayerNumber }.map {
      .noLayerNumber(path: $0.module.path, layersPattern: selection.layersPattern ?? [])
    }
  }

  /// What can be applied but was probably not meant.
  func warnings(_ entries: [EntryHits], _ saved: SavedModules) -> [TargetWarning] {
    var warnings = entries.filter { $0.count == 0 }.map(TargetWarning.unusedEntry)
    warnings += layerWarnings()
    warnings += unusedExclusions().map(TargetWarning.unusedExclusion)
    warnings += saved.entries.filter { $0.count == 0 }.map(TargetWarning.unusedSavedModule)
    warnings += saved.offBoundary.filter { selection.modulesToSave.contains($0.entry) }
      .map(TargetWarning.savedOffBoundary)
    for module in saved.modules {
      let inside = matched.map(\.path).filter { $0.hasPrefix(module.path + ".") }
      if !inside.isEmpty {
        warnings.append(.adaptedInsideSaved(saved: module.path, adapted: inside))
      }
    }
    return warnings
  }

  private func layerWarnings() -> [TargetWarning] {
    let hasPattern = selection.layersPattern?.isEmpty == false
    var warnings: [TargetWarning] = []
    if case .pattern = given {
      if selection.choosesLayers {
        warnings.append(.layersIgnoredByPattern(setting: "layers_to_transform"))
      }
      if hasPattern { warnings.append(.layersIgnoredByPattern(setting: "layers_pattern")) }
    } else if hasPattern, !selection.choosesLayers {
      warnings.append(.layersPatternAlone)
    }
    if !outsideLayers.isEmpty { warnings.append(.layersIgnoredByFullPath(outsideLayers)) }
    return warnings
  }

  /// The entries of `exclude_modules` that exclude nothing.
  func unusedExclusions() -> [EntryHits] {
    switch selection.excludeModules {
    case .pattern(let pattern)? where !pattern.isEmpty:
      return excluded.contains { $0.reason == .excludedByPattern }
        ? [] : [EntryHits(entry: pattern, count: 0, suggestion: allHints.hint(forPattern: pattern))]
    case .names(let names)?:
      let names = distinct(names)
      let table = SuffixTable(names)
      let used = Set(matcher.modules.flatMap { table.hits($0.path).positions })
      let unused = names.indices.filter { !used.contains($0) }
      let finder = unused.isEmpty ? nil : allHints
      return unused.enumerated().map { rank, position in
        let hint = rank < 8 ? finder?.hint(forName: names[position]) : nil
        return EntryHits(entry: names[position], count: 0, suggestion: hint)
      }
    default: return []
    }
  }
}
