import PeftAdapters
import TunerKit

/// Rows that a base knew, on which it is measured how much adapters of it forgot.
///
/// Where tokens are predicted it is the change of the loss, as PEFT's method comparison has it; of a classifier, the
/// Kullback–Leibler divergence of its outputs from the base's.
final class RetainedRows {
  private let source: TaskModel.Source
  private let data: DataSettings
  private let recipe: TrainingRecipe
  private let catalog: TrainingCatalog
  /// Of a classifier, what the base says of every row.
  private var known: [[Double]]?

  /// - Parameters:
  ///   - path: The rows, as the recipe's data are read.
  ///   - recipe: A contestant's.
  init(_ path: String, of recipe: TrainingRecipe, catalog: TrainingCatalog) {
    var data = recipe.data
    (data.train, data.eval, data.test, data.split) = ([path], nil, nil, nil)
    (self.data, self.recipe, self.catalog) = (data, recipe, catalog)
    source = TaskModel.Source(
      recipe.model, weights: recipe.weights, families: catalog.families, threads: recipe.threads,
      precision: recipe.precision)
  }

  /// Whether it can be measured what models of an objective forgot.
  static func canMeasure(_ objective: TrainingObjective) -> Bool {
    objective.kind.predictsTokens || objective.kind.divergence != nil
  }

  /// Measures the base alone.
  /// - Returns: Its loss; nil of a classifier.
  /// - Throws: What is wrong with the rows, or with the base by itself.
  func measureBase() throws -> Double? {
    let task = try TaskModel(source)
    guard try task.objective(problemType: recipe.problemType).kind.divergence != nil else {
      return try loss(of: nil)
    }
    known = try probabilities(task)
    return nil
  }

  /// How much an adapter has forgotten.
  /// - Parameters:
  ///   - adapter: Its folder.
  ///   - loss: The base's, as it was measured.
  func forgotten(by adapter: String, baseLoss loss: Double?) throws -> Double? {
    if let loss { return try self.loss(of: adapter) - loss }
    guard let known else { return nil }
    let task = try TaskModel(source, adapters: [AdapterFolder(adapter, registry: catalog.tuners)])
    guard let divergence = try task.objective(problemType: recipe.problemType).kind.divergence
    else { return nil }
    let sum = try zip(known, probabilities(task)).reduce(0) { $0 + divergence($1.0, $1.1) }
    return sum / Double(max(1, known.count))
  }

  /// - Parameter adapter: An adapter's folder; the base alone where nil.
  private func loss(of adapter: String?) throws -> Double {
    var settings = EvaluationSettings(data)
    (settings.batchSize, settings.sequenceLength) = (recipe.batchSize, recipe.sequenceLength)
    let folders = try adapter.map { [try AdapterFolder($0, registry: catalog.tuners)] } ?? []
    let report = try EvaluationComparison(
      source, adapters: folders, includesBase: adapter == nil, settings: settings,
      formats: catalog.formats
    ).run()
    return report.entries.last?.result.measurement.loss ?? .nan
  }

  /// What a classifier says of every row.
  private func probabilities(_ task: TaskModel) throws -> [[Double]] {
    var data = data
    // Nothing is compared with labels.
    (data.label, data.target) = (nil, nil)
    let settings = PredictionSettings(
      data, problemType: recipe.problemType, batchSize: recipe.batchSize,
      sequenceLength: recipe.sequenceLength)
    var all: [[Double]] = []
    try RowPredictor(
      task, called: recipe.model, of: .files(data.train), settings: settings,
      formats: catalog.formats
    ).run { all.append($0.prediction.probabilities) }
    return all
  }
}
