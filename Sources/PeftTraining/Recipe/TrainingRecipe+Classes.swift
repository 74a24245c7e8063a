import ModelDescription
import ModelGraph
import PeftAdapters
import TunerKit

extension TrainingRecipe {
  /// The recipe as it is on the model of a new classifier: with the names of its classes, and a fresh adapter that has
  /// the head's weights, too. Any other recipe is as it was.
  func classifying(on model: ModelSource) -> TrainingRecipe {
    guard data.labels != nil else { return self }
    var recipe = self
    recipe.data.labels = model.description.trainingDefaults.labelNames.map(ClassNames.names)
    if case .tuner(let configuration) = start {
      recipe.start = .tuner(savingHead(of: model.graph, with: configuration))
    }
    return recipe
  }

  /// A tuner's configuration with the head of a new classifier among the modules that are trained and saved in full.
  func savingHead(
    of graph: Graph, with configuration: any TunerConfiguration
  ) -> any TunerConfiguration {
    guard data.labels != nil else { return configuration }
    var configuration = configuration
    let saved = configuration.options.targets.modulesToSave
    configuration.options.targets.modulesToSave += graph.headModules.filter { !saved.contains($0) }
    return configuration
  }
}

extension Graph {
  /// The modules beside the one that has most of the parameters.
  fileprivate var headModules: [String] {
    let parts = modules.children(of: "").map { module in
      (path: module.path, count: modules.parameters(within: module.path).count)
    }.filter { $0.count > 0 }
    let body = parts.max { $0.count < $1.count }
    return parts.map(\.path).filter { $0 != body?.path }
  }
}
