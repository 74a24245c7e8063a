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

/// Brings tuners to their ranks, and gives each a name.
struct BakeoffLineUp {
  private(set) var contestants: [BakeoffContestant] = []
  private(set) var warnings: [String] = []

  /// - Parameters:
  ///   - recipe: What all have in common; its tuner does not matter, its output is the bake-off's.
  ///   - wish: The number of parameters that each tuner shall train; nil for ranks as given.
  ///   - learningRates: Other rates than the recipe's, by the names of tuners or contestants.
  init(
    _ recipe: TrainingRecipe, _ tuners: [BakeoffTuner], on graph: Graph, wish: ParameterBudget?,
    learningRates: [String: Double]
  ) throws {
    var comparison: [Budget] = []
    var configurations: [any TunerConfiguration] = []
    var goal = wish?.parameters(ofBase: graph.entryCount)
    for tuner in tuners {
      for variant in tuner.variants {
        let isMatched = tuner.isMatched || wish != nil
        guard !isMatched || goal != nil else { throw BakeoffError.nothingToMatch(tuner.text) }
        let (configuration, budget) = try counted(
          variant, on: graph, wish: isMatched ? goal : nil)
        goal = goal ?? budget.trainableParameters
        guard !comparison.contains(budget) else { continue }
        comparison.append(budget)
        configurations.append(configuration)
      }
    }
    guard comparison.count > 1 else {
      throw BakeoffError.tooFew(tuners.map(\.text), same: comparison.first?.shortSettings)
    }
    let names = Self.names(of: comparison)
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
  ) throws -> (any TunerConfiguration, Budget) {
    let label = type(of: configuration).Method.name.lowercased()
    do {
      var configuration = configuration
      var adapter = try Adapter(configuration, for: graph)
      var budget = try Budget(adapter, on: graph)
      if let wish, let given = configuration.rank {
        let rank = try ParameterCurve(adapter, costing: budget)
          .rank(nearestTo: wish, insteadOf: given)
        configuration = configuration.scaled(toRank: rank)
        adapter = try Adapter(configuration, for: graph)
        budget = try Budget(adapter, on: graph)
      }
      if let warning = wish.flatMap(budget.warning) { warn("\(label): \(warning)") }
      for warning in adapter.warnings { warn("\(label): \(warning)") }
      return (configuration, budget)
    } catch {
      throw ComparisonError(label: label, cause: error)
    }
  }

  private mutating func warn(_ line: String) {
    if !warnings.contains(line) { warnings.append(line) }
  }

  /// Tuners' names, with the rank where a tuner takes part at several, and a number where that is
  /// not enough.
  static func names(of budgets: [Budget]) -> [String] {
    var names: [String] = []
    for budget in budgets {
      let isAlone = budgets.count { $0.tuner == budget.tuner } == 1
      let rank = isAlone ? nil : budget.rank
      let name = budget.tuner + (rank.map { "-r\($0)" } ?? "")
      let candidates = [name] + (2...max(2, budgets.count)).map { "\(name)-\($0)" }
      names.append(candidates.first { !names.contains($0) } ?? name)
    }
    return names
  }
}
