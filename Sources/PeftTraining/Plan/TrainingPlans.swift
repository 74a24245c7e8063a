import CPUCore
import LoRA
import PeftAdapters
import RandLora
public import TunerKit

/// Several tuners planned on one model.
public struct TrainingPlans: Sendable {
  /// The model's name.
  public let model: String
  public let plans: [TrainingPlan]
  /// What the user should know, each once.
  public let warnings: [String]

  /// Plans LoRA and RandLora at one rank each, where they are registered.
  public init(
    surveying registry: TunerRegistry, on graph: Graph, batch: TrainingPlan.Batch,
    purpose: TrainingPlan.Purpose = .training(), threads: Int? = nil, isStrict: Bool = false
  ) throws {
    try self.init(
      graph.usualTuners.filter { registry.knowsTuner(of: $0) }, on: graph, batch: batch,
      purpose: purpose, threads: threads, isStrict: isStrict)
  }

  /// - Throws: `ComparisonError` where a tuner cannot be planned on the model.
  public init(
    _ configurations: [any TunerConfiguration], on graph: Graph, batch: TrainingPlan.Batch,
    purpose: TrainingPlan.Purpose = .training(), threads: Int? = nil, isStrict: Bool = false
  ) throws {
    model = graph.name
    // Planning a model for no tuner's sake says what is wrong with the model itself.
    if case .training = purpose { _ = try ModelTask(graph) }
    var (plans, warnings): ([TrainingPlan], [String]) = ([], [])
    for configuration in configurations {
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
    (self.plans, self.warnings) = (plans, warnings)
  }
}

extension Graph {
  /// LoRA and RandLora on the family's usual modules; where none are known, on all linear ones.
  fileprivate var usualTuners: [any TunerConfiguration] {
    let usual = origin.modelType.flatMap(DefaultTargets.targets(forModelType:))
    let targets: TargetSelection.Targets? = usual == nil ? .allLinear : nil
    return [
      LoraConfig(r: 8, targetModules: targets),
      RandLoraConfig(r: 32, targetModules: targets, randloraAlpha: 640),
    ]
  }
}

extension TunerConfiguration {
  fileprivate var methodName: String { Method.name.lowercased() }
}
