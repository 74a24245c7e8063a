import ModelGraph
public import PeftAdapters
import PeftBasics
import PeftGeneration
import PeftReports
import TunerKit

/// One tuner at one setting in a bake-off.
public struct BakeoffContestant: Hashable, Sendable {
  /// The name of its folder and of its lines: `randlora`, or `randlora-r8` among other ranks.
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
      if let wish {
        let rank = try ParameterCurve(adapter, costing: budget)
          .rank(nearestTo: wish, insteadOf: configuration.rank)
        configuration = try configuration.scaled(toRank: rank)
        adapter = try Adapter(configuration, for: graph)
        budget = try Budget(adapter, on: graph)
        if let warning = budget.warning(ifFarFrom: wish) { warn("\(label): \(warning)") }
      }
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
      let name = isAlone ? budget.tuner : "\(budget.tuner)-r\(budget.rank)"
      let candidates = [name] + (2...max(2, budgets.count)).map { "\(name)-\($0)" }
      names.append(candidates.first { !names.contains($0) } ?? name)
    }
    return names
  }
}

extension TunerConfiguration {
  /// The same configuration at another rank. What divides by the rank follows it, as `lora_alpha`
  /// does, where it is at its default: the update's scale stays as it is.
  func scaled(toRank rank: Int) throws -> Self {
    let changed = changedValues
    var values = ranked(rank).values
    for (name, value) in values where name.hasSuffix("_alpha") && changed[name] == nil {
      guard let alpha = Double(configurationValue: value) else { continue }
      values[name] = .number(alpha * Double(rank) / Double(self.rank))
    }
    return try Self(values)
  }
}
