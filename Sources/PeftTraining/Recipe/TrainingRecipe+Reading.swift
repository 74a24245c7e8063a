public import PeftBasics

extension TrainingRecipe {
  /// Reads a recipe from a YAML or JSON file.
  /// - Parameters:
  ///   - overrides: Fields to take instead of the file's.
  ///   - catalog: What can be named.
  /// - Throws: Every mistake there is, each with its place.
  public init(
    path: String, overriding overrides: [RecipeOverride] = [], catalog: TrainingCatalog
  ) throws(DescriptionErrors) {
    self = try Self.read(path: path, text: nil, overrides, catalog)
  }

  /// Reads the recipe of a run from its folder.
  /// - Parameter catalog: What can be named.
  public init(
    resuming folder: String, overriding overrides: [RecipeOverride] = [], catalog: TrainingCatalog
  ) throws(DescriptionErrors) {
    try self.init(path: folder.file(Self.fileName), overriding: overrides, catalog: catalog)
  }

  /// Reads a recipe from a text.
  /// - Parameters:
  ///   - path: What messages call it.
  ///   - catalog: What can be named.
  public init(
    text: String, path: String = "recipe", overriding overrides: [RecipeOverride] = [],
    catalog: TrainingCatalog
  ) throws(DescriptionErrors) {
    self = try Self.read(path: path, text: text, overrides, catalog)
  }

  /// Makes a recipe of single fields, all others being at their defaults.
  /// - Parameter catalog: What can be named.
  public init(
    _ fields: [RecipeOverride], catalog: TrainingCatalog
  ) throws(DescriptionErrors) {
    self = try Self.read(path: nil, text: nil, fields, catalog)
  }

  private static func read(
    path: String?, text: String?, _ overrides: [RecipeOverride], _ catalog: TrainingCatalog
  ) throws(DescriptionErrors) -> TrainingRecipe {
    var draft = RecipeDraft(catalog)
    if let path { draft.read(path: path, text: text) }
    draft.apply(overrides)
    return try draft.finished()
  }
}
