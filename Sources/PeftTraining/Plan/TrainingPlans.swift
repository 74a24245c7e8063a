public import CPUCore
package import PeftAdapters
public import TunerKit

/// Several tuners planned on one model.
public struct TrainingPlans: Sendable {
  /// The model's name.
  public let model: String
  public let plans: [TrainingPlan]
  /// What the user should know, each once.
  public let warnings: [String]

  /// Plans every tuner of a registry at its defaults, on the model's default target modules.
  public init(
    surveying registry: TunerRegistry, on graph: Graph, batch: TrainingPlan.Batch,
    purpose: TrainingPlan.Purpose = .training(), precision: Precision = .f32,
    threads: Int? = nil, isStrict: Bool = false
  ) throws {
    let survey = TunerSurvey(registry, of: graph, isWhole: false)
    var planning = try Planning(
      graph, batch, purpose, precision, threads: threads, isStrict: isStrict)
    let notes = try survey.visit { try planning.add($0) }
    self.init(planning, notes: notes)
  }

  /// - Throws: `ComparisonError` where a tuner cannot be planned on the model.
  public init(
    _ configurations: [any TunerConfiguration], on graph: Graph, batch: TrainingPlan.Batch,
    purpose: TrainingPlan.Purpose = .training(), precision: Precision = .f32,
    threads: Int? = nil, isStrict: Bool = false
  ) throws {
    var planning = try Planning(
      graph, batch, purpose, precision, threads: threads, isStrict: isStrict)
    for configuration in configurations { try planning.add(configuration) }
    self.init(planning)
  }

  /// Plans tuners on a model whose parameters are counted as its files store them; the files may lack
  /// what each of the tuners saves in full.
  package init(
    _ configurations: [any TunerConfiguration], of model: ModelSource, batch: TrainingPlan.Batch,
    purpose: TrainingPlan.Purpose = .training(), precision: Precision = .f32,
    threads: Int? = nil, isStrict: Bool = false
  ) throws {
    var planning = try Planning(
      model.graph, batch, purpose, precision, threads: threads, isStrict: isStrict)
    let adapters = try configurations.map { try planning.adapter($0) }
    planning.graph = try model.storedGraph {
      try model.graph.replacedParameters(byAll: adapters)
    }
    for (configuration, adapter) in zip(configurations, adapters) {
      try planning.add(configuration, adapter)
    }
    self.init(planning)
  }

  private init(_ planning: Planning, notes: [String] = []) {
    model = planning.graph.name
    plans = planning.plans
    warnings = planning.warnings + notes
  }
}

/// Plans tuners one after the other, and keeps every warning once.
private struct Planning {
  var graph: Graph
  let batch: TrainingPlan.Batch
  let purpose: TrainingPlan.Purpose
  let precision: Precision
  let threads: Int?
  let isStrict: Bool
  private(set) var plans: [TrainingPlan] = []
  private(set) var warnings: [String] = []

  init(
    _ graph: Graph, _ batch: TrainingPlan.Batch, _ purpose: TrainingPlan.Purpose,
    _ precision: Precision, threads: Int?, isStrict: Bool
  ) throws {
    (self.graph, self.batch, self.purpose) = (graph, batch, purpose)
    (self.precision, self.threads, self.isStrict) = (precision, threads, isStrict)
    warnings = precision.warnings
    // Planning the model without a tuner reports what is wrong with the model itself.
    if case .training = purpose { _ = try TrainingObjective(of: graph) }
  }

  /// A tuner on the model.
  func adapter(_ configuration: any TunerConfiguration) throws -> Adapter {
    try labelled(configuration) { try Adapter(configuration, for: graph, isStrict: isStrict) }
  }

  /// - Parameter adapter: The tuner on the model, where it was made before.
  mutating func add(_ configuration: any TunerConfiguration, _ adapter: Adapter? = nil) throws {
    let plan = try labelled(configuration) {
      try TrainingPlan(
        adapter ?? Adapter(configuration, for: graph, isStrict: isStrict), on: graph,
        batch: batch, purpose: purpose, precision: precision, threads: threads)
    }
    plans.append(plan)
    for warning in plan.warnings.map({ "\(label(configuration)): \($0)" })
    where !warnings.contains(warning) {
      warnings.append(warning)
    }
  }

  private func labelled<Result>(
    _ configuration: any TunerConfiguration, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as TrainingSetupError { throw error } catch {
      throw ComparisonError(label: label(configuration), cause: error)
    }
  }

  private func label(_ configuration: any TunerConfiguration) -> String {
    "\(graph.name), \(configuration.methodName)"
  }
}

extension TunerConfiguration {
  /// The tuner's name, in lower case.
  var methodName: String { Method.name.lowercased() }
}
