import ModelDescription
import ModelGraph
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftTensors
import TunerKit

/// What a run starts from: an adapter on the recipe's model, fresh or with the folder that has its weights.
struct RunStart {
  private let adapter: Adapter
  private let folder: AdapterFolder?
  /// Parameters that only the adapter's own copies are read for, so that the model may lack them.
  let replaced: Set<Parameter.ID>

  /// - Parameter tuners: Those that an adapter's folder can name.
  init(_ recipe: TrainingRecipe, on graph: Graph, tuners: TunerRegistry) throws {
    switch recipe.start {
    case .tuner(let configuration):
      try self.init(fresh: Adapter(configuration, for: graph), on: graph)
    case .adapter(let path):
      let folder = try AdapterFolder(path, registry: tuners)
      try self.init(folder.adapter(for: graph), folder, on: graph)
    }
  }

  /// - Parameter adapter: One of that graph.
  init(fresh adapter: Adapter, on graph: Graph) throws { try self.init(adapter, nil, on: graph) }

  private init(_ adapter: Adapter, _ folder: AdapterFolder?, on graph: Graph) throws {
    self.adapter = adapter
    self.folder = folder
    replaced =
      try folder?.replacedParameters(by: adapter, of: graph)
      ?? adapter.replacedParameters(of: graph)
  }

  /// The base model. What a fresh adapter saves in full is initialised at random where the files lack it;
  /// what a saved adapter has, they need not have.
  func model(
    _ source: ModelSource, for recipe: TrainingRecipe, threads: Int?, isResumed: Bool
  ) throws -> Model {
    let model = try source.model(lacking: replaced, threads: threads)
    let missing = replaced.filter { model.tensor(of: $0) == nil }
    guard folder == nil, !missing.isEmpty else { return model }
    let places = adapter.places(of: missing, among: replaced)
    return try model.startingFresh(
      missing, deviation: source.description.trainingDefaults.initializerRange, seed: recipe.seed,
      warnings: isResumed
        ? [] : ["the checkpoint lacks \(places.shownFirst): initialised at random"])
  }

  /// The adapter with its initial weights.
  func weights(on model: Model, for recipe: TrainingRecipe) throws -> AdapterWeights {
    if let folder { return try folder.weights(of: adapter, for: model) }
    return try AdapterWeights(adapter.onBase(named: recipe.model), on: model, seed: recipe.seed)
  }
}

extension Adapter {
  /// The modules that are saved in full and lack weights; single parameters of those that lack only some.
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
