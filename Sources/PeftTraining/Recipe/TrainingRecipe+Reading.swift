import ModelDescription
import PeftAdapters
public import PeftBasics
public import TunerKit

extension TrainingRecipe {
  /// Reads a recipe from a YAML or JSON file.
  /// - Parameters:
  ///   - overrides: Fields to take instead of the file's.
  ///   - registry: The tuners that can be named.
  /// - Throws: Every mistake there is, each with its place.
  public init(
    path: String, overriding overrides: [RecipeOverride] = [],
    registry: TunerRegistry
  ) throws(DescriptionErrors) {
    self = try Self.read(path: path, text: nil, overrides, registry)
  }

  /// Reads the recipe of a run from its folder.
  /// - Parameter registry: The tuners that can be named.
  public init(
    resuming folder: String, overriding overrides: [RecipeOverride] = [],
    registry: TunerRegistry
  ) throws(DescriptionErrors) {
    try self.init(
      path: folder.file(Self.fileName), overriding: overrides, registry: registry)
  }

  /// Reads a recipe from a text.
  /// - Parameters:
  ///   - path: What messages call it.
  ///   - registry: The tuners that can be named.
  public init(
    text: String, path: String = "recipe", overriding overrides: [RecipeOverride] = [],
    registry: TunerRegistry
  ) throws(DescriptionErrors) {
    self = try Self.read(path: path, text: text, overrides, registry)
  }

  /// Makes a recipe of single fields, all others being at their defaults.
  /// - Parameter registry: The tuners that can be named.
  public init(
    _ fields: [RecipeOverride], registry: TunerRegistry
  ) throws(DescriptionErrors) {
    self = try Self.read(path: nil, text: nil, fields, registry)
  }

  private static func read(
    path: String?, text: String?, _ overrides: [RecipeOverride], _ registry: TunerRegistry
  ) throws(DescriptionErrors) -> TrainingRecipe {
    var reading = RecipeReading(registry: registry)
    if let path { reading.read(path: path, text: text) }
    reading.apply(overrides)
    return try reading.finished()
  }
}
