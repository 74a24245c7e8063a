public import ModelDescription
public import TunerKit

/// What recipes, runs and bake-offs can name: tuners, families of models, optimizers, schedules
/// and formats of data. A value, to be passed along.
///
///     var catalog = TrainingCatalog(tuners: registry)
///     try catalog.methods.register(MyOptimizer.self)
///     let recipe = try TrainingRecipe(path: "recipe.yaml", catalog: catalog)
///     try Trainer(recipe, catalog: catalog).run()
public struct TrainingCatalog: Sendable {
  public var tuners: TunerRegistry
  /// What the `model_type` of a checkpoint's folder can name.
  public var families: ModelFamilies
  /// Optimizers and schedules.
  public var methods: TrainingMethods
  /// What the names of files with data can say.
  public var formats: DataFormats

  public init(
    tuners: TunerRegistry, families: ModelFamilies = .standard,
    methods: TrainingMethods = .standard, formats: DataFormats = .standard
  ) {
    self.tuners = tuners
    self.families = families
    self.methods = methods
    self.formats = formats
  }
}
