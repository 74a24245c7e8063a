import ModelDescription
import PeftAdapters

/// Opens what recipes name, and each thing once: models with their weights, tokenizers, data. The runs of
/// a bake-off share one.
final class RunSource {
  let catalog: TrainingCatalog
  private var models: [ModelName: ModelSource] = [:]
  private var data: [DataName: RunData] = [:]

  /// - Parameter catalog: What recipes can name.
  init(_ catalog: TrainingCatalog) { self.catalog = catalog }

  /// What a recipe says about its model.
  private struct ModelName: Hashable {
    let model: String
    let weights: String?

    init(_ recipe: TrainingRecipe) { (model, weights) = (recipe.model, recipe.weights) }
  }

  /// What a recipe says about its data, and about what they are for.
  private struct DataName: Hashable {
    let model: ModelName
    let data: DataSettings
    let sizes: [Int?]
    let problemType: TrainingRecipe.ProblemType?
    let labelSmoothing: Double
    let padding: PaddingStrategy
    let groupByLength: Bool

    init(_ recipe: TrainingRecipe) {
      model = ModelName(recipe)
      data = recipe.data
      sizes = [recipe.batchSize, recipe.sequenceLength, recipe.seed]
      problemType = recipe.problemType
      labelSmoothing = recipe.labelSmoothing
      (padding, groupByLength) = (recipe.padding, recipe.groupByLength)
    }
  }

  func model(of recipe: TrainingRecipe) throws -> ModelSource {
    let name = ModelName(recipe)
    if let known = models[name] { return known }
    let model = try ModelSource(
      ModelDescription(recipe.model, families: catalog.families), weights: recipe.weights)
    models[name] = model
    return model
  }

  /// - Parameter model: The recipe's.
  func data(of recipe: TrainingRecipe, for model: ModelSource) throws -> RunData {
    let name = DataName(recipe)
    if let known = data[name] { return known }
    let opened = try RunData(recipe, for: model, formats: catalog.formats)
    data[name] = opened
    return opened
  }
}
