import ModelDescription
import ModelGraph
import PeftAdapters
import PeftBasics
import TunerKit

extension TrainingSetup {
  /// The base model. What a tuner saves in full starts from random numbers where the files lack it; what
  /// an adapter has, they need not have.
  static func model(
    _ recipe: TrainingRecipe, _ description: ModelDescription, registry: TunerRegistry,
    threads: Int?, isResumed: Bool = false
  ) throws -> Model {
    guard recipe.weights != Model.randomWeights else {
      return try Model(random: description, seed: recipe.seed, threads: threads)
    }
    switch recipe.start {
    case .adapter(let path):
      return try Model(
        description, weights: recipe.weights, for: [AdapterFolder(path, registry: registry)],
        threads: threads)
    case .tuner(let configuration):
      func read(_ configuration: some TunerConfiguration) throws -> Model {
        let graph = try description.graph()
        let adapter = try Adapter(configuration, for: graph)
        let replaced = try adapter.replacedParameters(of: graph)
        let model = try Model(
          description, graph, weights: description.weightsPath(recipe.weights),
          optional: replaced, threads: threads)
        let missing = replaced.filter { model.tensor(of: $0) == nil }
        guard !missing.isEmpty else { return model }
        let places = adapter.places(of: missing, among: replaced)
        return try model.startingFresh(
          missing, deviation: description.trainingDefaults.initializerRange, seed: recipe.seed,
          warnings: isResumed
            ? [] : ["the checkpoint lacks \(places.shownFirst): trained from random numbers"])
      }
      return try read(configuration)
    }
  }
}

extension Adapter {
  /// The modules that are saved in full and lack numbers; single parameters of those that lack only some.
  fileprivate func places(
    of missing: Set<Parameter.ID>, among replaced: Set<Parameter.ID>
  ) -> [String] {
    match.saved.modules.flatMap { module in
      let copies = copies.filter { $0.module == module.path && replaced.contains($0.original) }
      let lacking = copies.filter { missing.contains($0.original) }
      let isWhole = lacking.count == copies.count && !lacking.isEmpty
      return isWhole ? [module.path] : lacking.map(\.name)
    }
  }
}
