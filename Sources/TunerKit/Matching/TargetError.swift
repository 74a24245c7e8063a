public import ModelGraph
public import PeftBasics

/// Why a selection of targets cannot be applied to a model, and how to put it right.
public struct TargetError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    /// No targets are given, and there are no defaults for the type of model.
    case noDefaultTargets(modelType: String?, linear: [ModuleCount])
    /// `target_modules` is there but empty.
    case noTargets(linear: [ModuleCount])
    /// Nothing is adapted, since every module of the model is excluded.
    case everythingExcluded(MatchReport.Decided)
    /// Nothing is adapted, and nothing is excluded either.
    case notFound([EntryHits], linear: [ModuleCount])
    /// Nothing is adapted: some modules are excluded, the others are not targeted.
    case excludedOrNotFound([EntryHits], linear: [ModuleCount])
    /// Targets exist, but only in layers that are not chosen.
    case otherLayers(chosen: TargetSelection.Layers, present: [Int])
    /// Targets exist, but layers are chosen and no target's path holds a layer's number.
    case noLayerNumber(path: String, layersPattern: [String])
    /// Entries that hit nothing while others hit something, where that is not allowed.
    case unusedEntries([EntryHits])
    /// Modules are targeted that the tuner cannot adapt.
    case unsupportedModules([Graph.Module], supported: [Graph.Module.Kind])
    /// The weight of a targeted module is read by a fused kernel that never runs the module.
    case bypassedModule(path: String, modelType: String)
    case badPattern(setting: String, PatternError)
    /// Matching the entries and patterns exceeds the time limit.
    case takesTooLong(seconds: Int)
    case patternWithLayers(pattern: String, setting: String)
    case allLinearWithLayers(setting: String)
    case layersPatternAlone
    case emptySavedModule
    case savedModuleIsList(entry: String, Graph.Module)
    case savedModuleIsAdapted(entry: String, path: String)
  }

  public let reason: Reason

  package init(_ reason: Reason) { self.reason = reason }

}
