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
    let labels: Labels?
    let adapter: String?

    /// Where the classes of a new classifier are found.
    struct Labels: Hashable {
      let names: ClassNames
      let train: DataFiles
      let field: String?
      let problemType: TrainingRecipe.ProblemType?
    }

    init(_ recipe: TrainingRecipe) {
      (model, weights) = (recipe.model, recipe.weights)
      let data = recipe.data
      labels = data.labels.map {
        Labels(
          names: $0, train: data.train, field: data.label, problemType: recipe.problemType)
      }
      if case .adapter(let path) = recipe.start { adapter = path } else { adapter = nil }
    }
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
    let model = try ModelSource(description(of: name), weights: recipe.weights)
    models[name] = model
    return model
  }

  /// With a head for the classes that the recipe names, or with that of the adapter that it goes on from.
  private func description(of name: ModelName) throws -> ModelDescription {
    let described = try ModelDescription(name.model, families: catalog.families)
    guard let labels = name.labels else {
      return try name.adapter.map { try described.adapted(by: [$0]) } ?? described
    }
    return try described.classifying(
      labels.names.names(in: labels.train, field: labels.field ?? "label", catalog.formats),
      problemType: labels.problemType?.rawValue)
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
