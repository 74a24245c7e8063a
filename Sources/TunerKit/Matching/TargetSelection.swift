import ModelGraph

/// Which modules a tuner is to adapt and which are to be trained in full: the part of an adapter's
/// configuration that decides about names, under PEFT's field names.
public struct TargetSelection: Hashable, Sendable {
  /// `target_modules`. A list holds plain names, a string is a regular expression; neither is ever
  /// turned into the other.
  public enum Targets: Hashable, Sendable {
    /// A module is meant whose path equals an entry or ends with it, after a dot.
    case names([String])
    /// A module is meant whose whole path the regular expression covers.
    case pattern(String)
    /// Every fully connected layer except the output embedding.
    case allLinear
    /// No module, for an adapter that only has modules to save: PEFT's `dummy-target-modules`.
    case nothing

    static let nothingText = "dummy-target-modules"

    /// What PEFT understands by a string: `all-linear`, in any case, `dummy-target-modules`, or a regular
    /// expression.
    public init(_ text: String) {
      self =
        switch text {
        case Self.nothingText: .nothing
        case _ where text.lowercased() == "all-linear": .allLinear
        default: .pattern(text)
        }
    }
  }

  /// `exclude_modules`, read as `target_modules` is.
  public enum ModuleFilter: Hashable, Sendable {
    case names([String])
    case pattern(String)

    /// Whether it is there but says nothing, which PEFT takes for absent.
    var isEmpty: Bool {
      switch self {
      case .names(let names): names.isEmpty
      case .pattern(let pattern): pattern.isEmpty
      }
    }
  }

  /// `layers_to_transform`, a number or a list of them; an empty list chooses every layer.
  public enum Layers: Hashable, Sendable {
    case one(Int)
    case many([Int])

    func contains(_ layer: Int) -> Bool {
      switch self {
      case .one(let chosen): chosen == layer
      case .many(let chosen): chosen.contains(layer)
      }
    }
  }

  /// Nil asks for the defaults of the model's type.
  public var targetModules: Targets?
  public var excludeModules: ModuleFilter?
  public var layersToTransform: Layers?
  /// Regular expressions for what comes before a layer's number, the first that occurs counting;
  /// nil and empty ask for any name. A configuration's single string is a list of one, an empty
  /// string an empty list.
  public var layersPattern: [String]?
  /// Modules to train in full: every module whose path ends with the text of an entry.
  public var modulesToSave: [String]
  public var taskType: TaskType?

  public init(
    targetModules: Targets? = nil, excludeModules: ModuleFilter? = nil,
    layersToTransform: Layers? = nil, layersPattern: [String]? = nil,
    modulesToSave: [String] = [], taskType: TaskType? = nil
  ) {
    self.targetModules = targetModules
    self.excludeModules = excludeModules
    self.layersToTransform = layersToTransform
    self.layersPattern = layersPattern
    self.modulesToSave = modulesToSave
    self.taskType = taskType
  }

  /// Names the modules that were matched, and needs no other setting to mean them.
  mutating func nameTargets(of match: MatchReport, in graph: Graph) {
    targetModules = .names(
      CondensedTargets.resolved(
        match.matched.map(\.path), in: graph.modules.modules.map(\.path)))
    (excludeModules, layersToTransform, layersPattern) = (nil, nil, nil)
  }

  /// Whether only some layers are chosen; an empty list chooses all.
  var choosesLayers: Bool {
    switch layersToTransform {
    case nil: false
    case .many(let layers): !layers.isEmpty
    case .one: true
    }
  }

  /// The entries that keep a tuner out of a module, the task's own among them.
  var savedBeforeMatching: [String] {
    distinct(modulesToSave + (taskType?.headsSavedBeforeMatching ?? []))
  }

  /// All entries of modules to train in full.
  var savedAfterMatching: [String] {
    distinct(savedBeforeMatching + (taskType?.headsSavedAfterMatching ?? []))
  }

  /// Refuses combinations about layers that some of PEFT's configurations refuse and others take: a
  /// tuner with these rules calls it when its configuration is checked.
  public func checkLayerSettings() throws(TargetError) {
    let setting =
      layersToTransform != nil ? "layers_to_transform" : layersPattern.map { _ in "layers_pattern" }
    switch (targetModules, setting) {
    case (.pattern(let pattern), let setting?):
      throw TargetError(.patternWithLayers(pattern: pattern, setting: setting))
    case (.nothing, let setting?):
      throw TargetError(.patternWithLayers(pattern: Targets.nothingText, setting: setting))
    case (.allLinear, let setting?): throw TargetError(.allLinearWithLayers(setting: setting))
    default: break
    }
    if layersPattern?.isEmpty == false, layersToTransform == nil {
      throw TargetError(.layersPatternAlone)
    }
  }
}

/// The elements without repetitions, in their first order.
func distinct(_ names: [String]) -> [String] {
  var seen: Set<String> = []
  return names.filter { seen.insert($0).inserted }
}
