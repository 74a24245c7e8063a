import PeftAdapters
import PeftBasics
import TunerKit

/// One training of a contestant of a bake-off: with one of the learning rates, and one of the seeds.
public struct BakeoffRun: Hashable, Sendable {
  /// The name of its folder: `lora-r16-lr1e-3-seed0`, or the contestant's where it has one run.
  public let name: String
  public let learningRate: Double
  /// Its place among the contestant's seeds: 0 is the recipe's.
  public let seed: Int
  /// Everything that decides it.
  public let recipe: TrainingRecipe
}

extension BakeoffContestant {
  /// One of its runs.
  /// - Parameters:
  ///   - rate: The place of its learning rate among those of the search.
  ///   - seed: The place of its seed.
  func run(rate: Int, seed: Int, of search: BakeoffSearch) -> BakeoffRun {
    var own = recipe
    if search.compares { own.optimizer.learningRate = search.learningRates[rate] }
    let learningRate = own.optimizer.learningRate
    var name = name
    if search.compares { name += "-lr\(learningRate.shortScientific)" }
    if search.hasManyRuns { name += "-seed\(seed)" }
    own.seed += seed
    // Which rows are evaluated is the same for all seeds.
    if seed > 0, own.data.split != nil, own.data.splitSeed == nil {
      own.data.splitSeed = recipe.seed
    }
    if case .tuner(let configuration) = own.start {
      own.start = .tuner(configuration.withKey(addedBy: seed))
    }
    own.output = Paths.split(recipe.output).folder.file(name)
    return BakeoffRun(name: name, learningRate: learningRate, seed: seed, recipe: own)
  }
}

extension TunerConfiguration {
  /// The same configuration with another key of its bases; as it is where they have none.
  fileprivate func withKey(addedBy seed: Int) -> any TunerConfiguration {
    guard seed > 0, let key = basisSettings.key, case .integer(let number)? = values[key],
      let field = Self.fields.first(where: { $0.name == key })
    else { return self }
    var other = self
    try? field.read(.integer(number &+ seed), &other)
    return other
  }
}
