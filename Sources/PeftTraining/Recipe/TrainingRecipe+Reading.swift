import ModelDescription
public import PeftBasics
public import TunerKit

extension TrainingRecipe {
  /// Reads a recipe from a YAML or JSON file.
  /// - Parameters:
  ///   - overrides: Fields to take instead of the file's.
  ///   - registry: The tuners that can be named.
  ///   - methods: The optimizers and schedules that can be named.
  /// - Throws: Every mistake there is, each with its place.
  public init(
    path: String, overriding overrides: [RecipeOverride] = [],
    registry: TunerRegistry, methods: TrainingMethods = .standard
  ) throws(DescriptionErrors) {
    self = try Self.read(path: path, text: nil, overrides, registry, methods)
  }

  /// Reads the recipe of a run from its folder.
  /// - Parameters:
  ///   - registry: The tuners that can be named.
  ///   - methods: The optimizers and schedules that can be named.
  public init(
    resuming folder: String, overriding overrides: [RecipeOverride] = [],
    registry: TunerRegistry, methods: TrainingMethods = .standard
  ) throws(DescriptionErrors) {
    try self.init(
      path: folder.file(Self.fileName), overriding: overrides, registry: registry, methods: methods)
  }

  /// Reads a recipe from a text.
  /// - Parameters:
  ///   - path: What messages call it.
  ///   - registry: The tuners that can be named.
  ///   - methods: The optimizers and schedules that can be named.
  public init(
    text: String, path: String = "recipe", overriding overrides: [RecipeOverride] = [],
    registry: TunerRegistry, methods: TrainingMethods = .standard
  ) throws(DescriptionErrors) {
    self = try Self.read(path: path, text: text, overrides, registry, methods)
  }

  /// Makes a recipe of single fields, all others being at their defaults.
  /// - Parameters:
  ///   - registry: The tuners that can be named.
  ///   - methods: The optimizers and schedules that can be named.
  public init(
    _ fields: [RecipeOverride], registry: TunerRegistry, methods: TrainingMethods = .standard
  ) throws(DescriptionErrors) {
    self = try Self.read(path: nil, text: nil, fields, registry, methods)
  }

  private static func read(
    path: String?, text: String?, _ overrides: [RecipeOverride], _ registry: TunerRegistry,
    _ methods: TrainingMethods
  ) throws(DescriptionErrors) -> TrainingRecipe {
    var reading = RecipeReading(registry: registry, methods: methods)
    if let path { reading.read(path: path, text: text) }
    reading.apply(overrides)
    return try reading.finished()
  }
}
