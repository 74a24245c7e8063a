import CPUCore
import PeftAdapters
public import TunerKit

/// Several tuners planned on one model.
public struct TrainingPlans: Sendable {
  /// The model's name.
  public let model: String
  public let plans: [TrainingPlan]
  /// What the user should know, each once.
  public let warnings: [String]

  /// Plans every tuner of a registry at its defaults, on the modules that are usual for the model.
  public init(
    surveying registry: TunerRegistry, on graph: Graph, batch: TrainingPlan.Batch,
    purpose: TrainingPlan.Purpose = .training(), threads: Int? = nil, isStrict: Bool = false
  ) throws {
    let survey = TunerSurvey(registry, of: graph, isWhole: false)
    try self.init(
      on: graph, batch: batch, purpose: purpose, threads: threads, isStrict: isStrict,
      tuners: survey.forEach)
  }

  /// - Throws: `ComparisonError` where a tuner cannot be planned on the model.
  public init(
    _ configurations: [any TunerConfiguration], on graph: Graph, batch: TrainingPlan.Batch,
    purpose: TrainingPlan.Purpose = .training(), threads: Int? = nil, isStrict: Bool = false
  ) throws {
    try self.init(
      on: graph, batch: batch, purpose: purpose, threads: threads, isStrict: isStrict
    ) { plan in
      for configuration in configurations { try plan(configuration) }
      return []
    }
  }

  /// - Parameter tuners: Has configurations planned, and says what the user should know.
  private init(
    on graph: Graph, batch: TrainingPlan.Batch, purpose: TrainingPlan.Purpose, threads: Int?,
    isStrict: Bool, tuners: (_ plan: (any TunerConfiguration) throws -> Void) throws -> [String]
  ) throws {
    model = graph.name
    // Planning a model for no tuner's sake says what is wrong with the model itself.
    if case .training = purpose { _ = try TrainingObjective(of: graph) }
    var (plans, warnings): ([TrainingPlan], [String]) = ([], [])
    let notes = try tuners { configuration in
      let label = "\(graph.name), \(configuration.methodName)"
      do {
        let plan = try TrainingPlan(
          configuration, on: graph, batch: batch, purpose: purpose, threads: threads,
          isStrict: isStrict)
        plans.append(plan)
        for warning in plan.warnings.map({ "\(label): \($0)" }) where !warnings.contains(warning) {
          warnings.append(warning)
        }
      } catch let error as TrainingSetupError { throw error } catch {
        throw ComparisonError(label: label, cause: error)
      }
    }
    (self.plans, self.warnings) = (plans, warnings + notes)
  }
}

extension TunerConfiguration {
  fileprivate var methodName: String { Method.name.lowercased() }
}
