import ModelDescription
public import ModelGraph
import PeftAdapters
public import PeftBasics
public import PeftGeneration
import PeftTraining
public import TunerKit

// What names a tuner takes a registry, and what trains takes a catalog. These are the same entry points
// for programs that do with the tuners of `TunerRegistry.standard`, or have no other kinds of things than
// tuners; nothing else in the library refers to it.

extension TrainingCatalog {
  /// All that comes with the library.
  public static let standard = TrainingCatalog(tuners: .standard)
}

extension TunerRequest {
  /// A request that names one of the tuners that come with the library.
  /// - Throws: As `init(_:registry:allowsUnknown:)`.
  public init(_ text: String, allowsUnknown: Bool = false) throws {
    try self.init(text, registry: .standard, allowsUnknown: allowsUnknown)
  }
}

extension AdapterFolder {
  /// An adapter of one of the tuners that come with the library.
  /// - Throws: As `init(_:registry:allowsUnknown:)`.
  public init(_ path: String, allowsUnknown: Bool = false) throws {
    try self.init(path, registry: .standard, allowsUnknown: allowsUnknown)
  }
}

extension PeftModel {
  /// Reads an adapter of one of the tuners that come with the library, and adds it.
  /// - Throws: As `loadAdapter(_:as:registry:generation:isLenient:)`.
  public mutating func loadAdapter(
    _ path: String, as name: String = Adapter.defaultName, generation: TorchGeneration? = nil,
    isLenient: Bool = false
  ) throws {
    try loadAdapter(
      path, as: name, registry: .standard, generation: generation, isLenient: isLenient)
  }
}

extension Comparison {
  /// Compares the tuners that come with the library at a few ranks.
  /// - Throws: As `init(_:surveying:ranks:isStrict:)`.
  public init(_ models: [Graph], ranks: Ranks = .asGiven, isStrict: Bool = false) throws {
    try self.init(models, surveying: .standard, ranks: ranks, isStrict: isStrict)
  }
}

// MARK: - Training

extension TrainingPlans {
  /// Plans the tuners that come with the library at one rank each.
  /// - Throws: As `init(surveying:on:batch:purpose:threads:isStrict:)`.
  public init(
    on graph: Graph, batch: TrainingPlan.Batch, purpose: TrainingPlan.Purpose = .training(),
    threads: Int? = nil, isStrict: Bool = false
  ) throws {
    try self.init(
      surveying: .standard, on: graph, batch: batch, purpose: purpose, threads: threads,
      isStrict: isStrict)
  }
}

extension TrainingRecipe {
  /// Reads a recipe from a YAML or JSON file.
  /// - Throws: As `init(path:overriding:catalog:)`.
  public init(
    path: String, overriding overrides: [RecipeOverride] = [],
    registry: TunerRegistry = .standard
  ) throws(DescriptionErrors) {
    try self.init(path: path, overriding: overrides, catalog: TrainingCatalog(tuners: registry))
  }

  /// Reads the recipe of a run from its folder.
  /// - Throws: As `init(resuming:overriding:catalog:)`.
  public init(
    resuming folder: String, overriding overrides: [RecipeOverride] = [],
    registry: TunerRegistry = .standard
  ) throws(DescriptionErrors) {
    try self.init(
      resuming: folder, overriding: overrides, catalog: TrainingCatalog(tuners: registry))
  }

  /// Reads a recipe from a text.
  /// - Throws: As `init(text:path:overriding:catalog:)`.
  public init(
    text: String, path: String = "recipe", overriding overrides: [RecipeOverride] = [],
    registry: TunerRegistry = .standard
  ) throws(DescriptionErrors) {
    try self.init(
      text: text, path: path, overriding: overrides, catalog: TrainingCatalog(tuners: registry))
  }

  /// Makes a recipe of single fields, all others being at their defaults.
  /// - Throws: As `init(_:catalog:)`.
  public init(
    _ fields: [RecipeOverride], registry: TunerRegistry = .standard
  ) throws(DescriptionErrors) {
    try self.init(fields, catalog: TrainingCatalog(tuners: registry))
  }
}

extension Trainer {
  /// A new run.
  /// - Throws: As `init(_:catalog:)`.
  public convenience init(
    _ recipe: TrainingRecipe, registry: TunerRegistry = .standard
  ) throws {
    try self.init(recipe, catalog: TrainingCatalog(tuners: registry))
  }

  /// A run that was stopped, from the state that it saved last.
  /// - Throws: As `init(resuming:catalog:threads:)`.
  public convenience init(
    resuming path: String, registry: TunerRegistry = .standard, threads: Int? = nil
  ) throws {
    try self.init(
      resuming: path, catalog: TrainingCatalog(tuners: registry), threads: threads)
  }
}

extension BakeoffTuner {
  /// One of the tuners that come with the library, as it is named in a bake-off.
  /// - Throws: As `init(_:registry:allowsUnknown:)`.
  public init(_ text: String, allowsUnknown: Bool = false) throws {
    try self.init(text, registry: .standard, allowsUnknown: allowsUnknown)
  }
}

extension Bakeoff {
  /// A new bake-off.
  /// - Throws: As `init(_:_:catalog:budget:learningRates:search:retain:)`.
  public convenience init(
    _ recipe: TrainingRecipe, _ tuners: [BakeoffTuner], registry: TunerRegistry = .standard,
    budget: ParameterBudget? = nil, learningRates: [String: Double] = [:],
    search: BakeoffSearch = BakeoffSearch(), retain: String? = nil
  ) throws {
    try self.init(
      recipe, tuners, catalog: TrainingCatalog(tuners: registry), budget: budget,
      learningRates: learningRates, search: search, retain: retain)
  }

  /// A bake-off that was stopped.
  /// - Throws: As `init(resuming:catalog:threads:)`.
  public convenience init(
    resuming path: String, registry: TunerRegistry = .standard, threads: Int? = nil
  ) throws {
    try self.init(
      resuming: path, catalog: TrainingCatalog(tuners: registry), threads: threads)
  }
}

extension SparseExample {
  /// The example with the tuners that come with the library.
  /// - Throws: As `init(in:registry:steps:rows:threads:)`.
  public convenience init(
    in path: String, steps: Int = 600, rows: Int = 8192, threads: Int? = nil
  ) throws {
    try self.init(in: path, registry: .standard, steps: steps, rows: rows, threads: threads)
  }
}

extension ShiftExample {
  /// The example with the tuners that come with the library.
  /// - Throws: As `init(in:registry:steps:rows:threads:)`.
  public convenience init(
    in path: String, steps: Int = 600, rows: Int = 8192, threads: Int? = nil
  ) throws {
    try self.init(in: path, registry: .standard, steps: steps, rows: rows, threads: threads)
  }
}

extension TextModel {
  /// A checkpoint with adapters of the tuners that come with the library.
  /// - Throws: As `init(folder:adapters:tuners:threads:)`.
  public init(folder: String, adapters: [String: String] = [:], threads: Int? = nil) throws {
    try self.init(folder: folder, adapters: adapters, tuners: .standard, threads: threads)
  }
}
