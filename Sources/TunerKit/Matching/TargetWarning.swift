import ModelGraph
import PeftBasics

/// Something in a selection of targets that is probably not what was meant, though it can be applied.
public enum TargetWarning: Hashable, Sendable, CustomStringConvertible {
  /// An entry of `target_modules` hits nothing, while others do.
  case unusedEntry(EntryHits)
  /// `exclude_modules`, or an entry of it, excludes nothing.
  case unusedExclusion(EntryHits)
  /// An entry of `modules_to_save` hits nothing.
  case unusedSavedModule(EntryHits)
  /// An entry of `modules_to_save` hits a module in the middle of its name.
  case savedOffBoundary(SavedModules.OffBoundary)
  /// A module that is trained in full holds modules that are adapted as well.
  case adaptedInsideSaved(saved: String, adapted: [String])
  /// A setting about layers changes nothing, as the targets are a regular expression.
  case layersIgnoredByPattern(setting: String)
  /// `layers_pattern` changes nothing without `layers_to_transform`.
  case layersPatternAlone
  /// Modules outside the chosen layers are adapted, since an entry is their full path.
  case layersIgnoredByFullPath([String])

  public var description: String {
    switch self {
    case .unusedEntry(let entry): line(entry, "target_modules", "hits no module")
    case .unusedExclusion(let entry): line(entry, "exclude_modules", "excludes nothing")
    case .unusedSavedModule(let entry): line(entry, "modules_to_save", "hits no module")
    case .savedOffBoundary(let hit):
      "\(hit.entry.doubleQuoted) in modules_to_save also takes \(hit.path), whose path ends with it;"
        + " if that is not meant, give the whole path"
    case .adaptedInsideSaved(let saved, let adapted):
      "\(saved) is trained in full although \(listed(adapted)) inside it will be adapted;"
        + " name it in modules_to_save, or leave it out of the targets"
    case .layersIgnoredByPattern(let setting):
      "\(setting) has no effect, because target_modules is a regular expression;"
        + " write the layers into the expression"
    case .layersPatternAlone:
      "layers_pattern has no effect without layers_to_transform; add it, or remove layers_pattern"
    case .layersIgnoredByFullPath(let paths):
      "\(listed(paths)) will be adapted although layers_to_transform does not choose the layer,"
        + " because target_modules holds the full path; remove that entry if it is not meant"
    }
  }

  private func line(_ hits: EntryHits, _ setting: String, _ problem: String) -> String {
    "\(hits.entry.doubleQuoted) in \(setting) \(problem); "
      + (hits.suggestion?.description ?? "correct it, or remove it")
  }
}
