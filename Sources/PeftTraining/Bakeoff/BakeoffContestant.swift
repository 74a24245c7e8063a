import ModelGraph
public import PeftAdapters
import PeftBasics
import PeftGeneration
import TunerKit

/// One tuner at one setting in a bake-off.
public struct BakeoffContestant: Hashable, Sendable {
  /// The name of its folder and of its lines: the tuner's, with the rank (`-r8`) where it has several.
  public let name: String
  /// Everything that decides its run.
  public let recipe: TrainingRecipe
  /// What it costs, counted from shapes.
  public let budget: Budget
}

/// Chooses the tuners' ranks, and gives each a name.
struct BakeoffLineUp {
  private(set) var contestants: [BakeoffContestant] = []
  /// For each contestant its tuner on the model.
  private(set) var adapters: [Adapter] = []
  private(set) var warnings: [String] = []

  /// - Parameters:
  ///   - recipe: What all have in common; its tuner does not matter, its output is the bake-off's.
  ///   - wish: The number of trainable parameters wanted of each tuner; nil for ranks as given.
  ///   - learningRates: Other rates than the recipe's, by the names of tuners or contestants.
  init(
    _ recipe: TrainingRecipe, _ tuners: [BakeoffTuner], on graph: Graph, wish: ParameterBudget?,
    learningRates: [String: Double]
  ) throws {
    var comparison: [Budget] = []
    var configurations: [any TunerConfiguration] = []
    var goal = wish?.parameters(ofBase: graph.entryCount)
    for tuner in tuners {
      for variant in tuner.variants.map({ recipe.savingHead(of: graph, with: $0) }) {
        let isMatched = tuner.isMatched || wish != nil
        guard !isMatched || goal != nil else { throw BakeoffError.nothingToMatch(tuner.text) }
        let counted = try counted(variant, on: graph, wish: isMatched ? goal : nil)
        goal = goal ?? counted.budget.trainableParameters
        guard !comparison.contains(counted.budget) else { continue }
        comparison.append(counted.budget)
        configurations.append(counted.configuration)
        adapters.append(counted.adapter)
      }
    }
    guard comparison.count > 1 else {
      throw BakeoffError.tooFew(tuners.map(\.text), same: comparison.first?.shortSettings)
    }
    let names = Self.names(of: zip(comparison, configurations).map { ($0, $1.scale?.value) })
    for rate in learningRates.keys.sorted()
    where !names.contains(rate) && !comparison.contains(where: { $0.tuner == rate }) {
      throw BakeoffError.unknownContestant(rate, known: names)
    }
    for (index, budget) in comparison.enumerated() {
      var own = recipe
      own.start = .tuner(configurations[index])
      own.output = recipe.output.file(names[index])
      own.optimizer.learningRate =
        learningRates[names[index]] ?? learningRates[budget.tuner] ?? recipe.optimizer.learningRate
      try own.check()
      contestants.append(BakeoffContestant(name: names[index], recipe: own, budget: budget))
    }
  }

  /// Counts a tuner, at the rank that comes nearest to a wish.
  private mutating func counted(
    _ configuration: some TunerConfiguration, on graph: Graph, wish: Int?
  ) throws -> CountedTuner {
    let label = configuration.methodName
    do {
      let counted = try CountedTuner(configuration, on: graph, nearestTo: wish) {
        $0.scaled(toRank: $1)
      }
      if let warning = wish.flatMap(counted.budget.warning) { warn("\(label): \(warning)") }
      for warning in counted.adapter.warnings { warn("\(label): \(warning)") }
      return counted
    } catch {
      throw ComparisonError(label: label, cause: error)
    }
  }

  private mutating func warn(_ line: String) {
    if !warnings.contains(line) { warnings.append(line) }
  }

  /// Tuners' names, with the rank where a tuner takes part at several, alpha and what is switched on where it takes
  /// part at one rank several times, and a number where that is not enough.
  /// - Parameter budgets: Each with the scale of its updates, alpha, where it has one.
  static func names(of budgets: [(budget: Budget, scale: Double?)]) -> [String] {
    var names: [String] = []
    for (budget, scale) in budgets {
      let alike = budgets.filter { $0.budget.tuner == budget.tuner }
      var name = budget.tuner
      if alike.count > 1, let rank = budget.rank { name += "-r\(rank)" }
      let same = alike.filter { $0.budget.rank == budget.rank }
      if let scale, Set(same.map(\.scale)).count > 1 {
        name += "-alpha\(scale == scale.rounded() ? "\(Int(scale))" : "\(scale)")"
      }
      if same.count > 1 { name += budget.switches.map { "-\($0)" }.joined() }
      let candidates = [name] + (2...max(2, budgets.count)).map { "\(name)-\($0)" }
      names.append(candidates.first { !names.contains($0) } ?? name)
    }
    return names
  }
}

extension Budget {
  /// The settings that are switched on, by their names with hyphens.
  fileprivate var switches: [String] {
    settings.filter { $0.value == .bool(true) }.keys.sorted()
      .map { $0.replacing("_", with: "-") }
  }
}
