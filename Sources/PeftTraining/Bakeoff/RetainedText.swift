import PeftAdapters
import TunerKit

/// Rows that a base knew, on which it is measured how much adapters of it forgot: as PEFT's method comparison does, by the
/// change of the loss.
struct RetainedText {
  private let source: TaskModel.Source
  private let settings: EvaluationSettings
  private let catalog: TrainingCatalog

  /// - Parameters:
  ///   - path: The rows, as the recipe's data are read.
  ///   - recipe: A contestant's.
  init(_ path: String, of recipe: TrainingRecipe, catalog: TrainingCatalog) {
    var data = recipe.data
    (data.train, data.eval, data.test, data.split) = ([path], nil, nil, nil)
    var settings = EvaluationSettings(data)
    (settings.batchSize, settings.sequenceLength) = (recipe.batchSize, recipe.sequenceLength)
    self.settings = settings
    self.catalog = catalog
    source = TaskModel.Source(
      recipe.model, weights: recipe.weights, families: catalog.families, threads: recipe.threads,
      precision: recipe.precision)
  }

  /// - Parameter adapter: An adapter's folder; the base alone where nil.
  /// - Throws: What is wrong with the rows, or with the base by itself.
  func loss(of adapter: String?) throws -> Double {
    let folders = try adapter.map { [try AdapterFolder($0, registry: catalog.tuners)] } ?? []
    let report = try EvaluationComparison(
      source, adapters: folders, includesBase: adapter == nil, settings: settings,
      formats: catalog.formats
    ).run()
    return report.entries.last?.result.measurement.loss ?? .nan
  }
}
