import ModelDescription
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import TunerKit

/// Who takes part in a new bake-off, with what recipes, after everything was checked that can be before a run.
struct PreparedBakeoff {
  private(set) var contestants: [BakeoffContestant]
  /// What each contestant starts from.
  let starts: [RunStart]
  /// What the user should know about the tuners on this model.
  private(set) var warnings: [String]
  /// Rows on which it is measured what was forgotten; nil where it is not.
  private(set) var retain: String?

  /// - Parameters: As of `Bakeoff`.
  init(
    _ recipe: TrainingRecipe, _ tuners: [BakeoffTuner], in source: RunSource,
    budget: ParameterBudget?, learningRates: [String: Double], search: BakeoffSearch,
    retain: String?, within seconds: Double?
  ) throws {
    var recipe = recipe
    // A base without weights for its head, or without any, knows nothing.
    if retain != nil, recipe.data.labels != nil || recipe.weights == Model.randomWeights {
      throw BakeoffError.nothingRetained
    }
    if search.compares {
      guard recipe.data.isEvaluated else { throw BakeoffError.nothingToCompareBy }
      guard learningRates.isEmpty else { throw BakeoffError.ratesTwice }
      recipe.evaluateEachQuarter()
      guard recipe.evalEvery != nil else { throw BakeoffError.noEvaluationBetween }
    }
    let model = try source.model(of: recipe)
    let lineUp = try BakeoffLineUp(
      recipe.classifying(on: model), tuners, on: model.graph, wish: budget,
      learningRates: learningRates)
    (contestants, warnings) = (lineUp.contestants, lineUp.warnings)
    starts = try lineUp.adapters.map { try RunStart(fresh: $0, on: model.graph) }
    self.retain = retain
    if retain != nil { try checkRetained(of: recipe, on: model) }
    if recipe.weights != Model.randomWeights { try Self.check(contestants, starts, on: model) }
    if let seconds { try shorten(to: seconds, search, in: source) }
  }

  /// Makes sure that it can be measured what was forgotten, or says that it is not.
  private mutating func checkRetained(
    of recipe: TrainingRecipe, on model: ModelSource
  ) throws {
    let objective = try TrainingObjective(
      of: model.graph, problemType: recipe.problemType,
      usualType: model.description.trainingDefaults.problemType)
    guard !RetainedRows.canMeasure(objective) else { return }
    retain = nil
    warnings.append("what was forgotten is not measured: this is \(objective.name)")
  }

  /// Gives all runs fewer steps where they would take longer together, as some steps of each contestant show.
  private mutating func shorten(
    to seconds: Double, _ search: BakeoffSearch, in source: RunSource
  ) throws {
    let runs = try zip(contestants, starts).map {
      try ResolvedRun($0.recipe, startingFrom: $1, in: source).timed()
    }
    let steps = try search.steps(of: runs, within: seconds)
    let wanted = runs.map(\.steps).max() ?? 0
    guard steps < wanted else { return }
    contestants = try contestants.map {
      try $0.shortened(to: steps, isCompared: search.compares)
    }
    warnings.append(
      "\(wanted.grouped) steps a run would take longer than \(seconds.asDuration): each has "
        + "\(steps.grouped)")
  }

  /// Makes sure, before the first is trained, that the checkpoint has what each of them needs.
  private static func check(
    _ contestants: [BakeoffContestant], _ starts: [RunStart], on model: ModelSource
  ) throws {
    for (contestant, start) in zip(contestants, starts) {
      do { try model.checkWeights(lacking: start.replaced) } catch let mismatch
        as ParameterMismatch
      {
        throw BakeoffMismatch(contestant: contestant.name, mismatch: mismatch)
      }
    }
  }
}

extension TrainingRecipe {
  /// Runs of a search are compared after a quarter of the steps.
  fileprivate mutating func evaluateEachQuarter() {
    guard case .steps(let steps) = length else { return }
    let first = max(1, steps.dividedRoundingUp(by: 4))
    evalEvery = min(evalEvery ?? first, first)
  }
}

extension BakeoffContestant {
  fileprivate func shortened(to steps: Int, isCompared: Bool) throws -> BakeoffContestant {
    var own = recipe
    own.length = .steps(steps)
    if isCompared { own.evaluateEachQuarter() }
    try own.check()
    return BakeoffContestant(name: name, recipe: own, budget: budget)
  }
}
