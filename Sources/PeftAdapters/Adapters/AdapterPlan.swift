public import ModelDescription
import PeftBasics
public import TunerKit

/// A tuner applied to a graph: what it adds and what that costs, without any weights.
///
///     let plan = try AdapterPlan("gpt2", tuner: RandLoraConfig(r: 32, targetModules: ["c_attn"]))
///     print(plan.trainableParameters, plan.summary)
public struct AdapterPlan: Sendable {
  /// The model without the adapter.
  public let base: Graph
  /// The model with the layers that the adapter is for; the same but for `layer_replication`.
  let prepared: Graph
  public let adapter: Adapter
  /// What the adapter costs.
  public let budget: Budget

  /// Describes a model and applies a tuner to it.
  ///
  /// - Parameters:
  ///   - model: A bundled model's name, a description's path, or a folder with a `config.json`.
  ///   - settings: Dimensions of the description to set anew, such as `["layers": "2"]`.
  ///   - families: What a folder's `model_type` can name.
  /// - Throws: `DescriptionError` or `DescriptionErrors` where the model cannot be read;
  ///   `TargetError`, `ConfigurationErrors` or `AdapterError` where the tuner cannot be applied.
  public init(
    _ model: String, tuner: some TunerConfiguration,
    setting settings: KeyValuePairs<String, String> = [:], families: ModelFamilies = .standard
  ) throws {
    let description = try ModelDescription(
      model, setting: settings.map { ($0.key, $0.value) }, families: families)
    try self.init(description.graph(), tuner: tuner)
  }

  /// Applies a tuner to a graph.
  public init(
    _ base: Graph, tuner: some TunerConfiguration, name: String = Adapter.defaultName,
    isStrict: Bool = false
  ) throws {
    self.base = base
    adapter = try Adapter(tuner, for: base, name: name, isStrict: isStrict)
    prepared = try base.prepared(for: adapter)
    budget = try Budget(adapter, on: base)
  }

  /// The model with the adapter in it.
  public func graph() throws -> Graph { try base.adapted(by: adapter) }

  /// The number of trainable parameters.
  public var trainableParameters: Int { budget.trainableParameters }

  /// What the user should know about the adapter on this model.
  public var warnings: [String] { adapter.warnings }

  /// One line, as PEFT's `print_trainable_parameters` prints it.
  public var summary: String {
    "trainable params: \(budget.trainableParameters.grouped) || "
      + "all params: \(budget.allParameters.grouped) || "
      + "trainable%: \(budget.trainablePercent.fixed(4))"
  }
}
