import LoRA
import PeftBasics
import PeftReports
import RandLora
public import TunerKit

/// Several tuners at several settings, counted on several models.
public struct Comparison: Sendable {
  /// One row for each model, tuner and setting, in the order asked for; the same row only once.
  public let rows: [Budget]
  /// What the user should know, each once.
  public let warnings: [String]
  /// For each row the tuner on its model.
  package let adapters: [Adapter]

  /// How ranks are chosen.
  public enum Ranks: Hashable, Sendable {
    /// As the requests say.
    case asGiven
    /// For each tuner the rank whose trained parameters come nearest to this number.
    case nearest(to: ParameterBudget)
    /// The first setting as it is, the others at the rank nearest to its trained parameters.
    case matchingFirst
  }

  /// Compares tuners as a command line or a file names them.
  public init(
    _ models: [Graph], _ requests: [TunerRequest], ranks: Ranks = .asGiven, isStrict: Bool = false
  ) throws {
    try self.init(models, requests.flatMap(\.variants), ranks: ranks, isStrict: isStrict)
  }

  /// - Parameters:
  ///   - models: The graphs to compare on.
  ///   - isStrict: Whether an entry that hits nothing is an error, even where others hit.
  /// - Throws: `ComparisonError` where a tuner cannot be applied to a model.
  public init(
    _ models: [Graph], _ configurations: [any TunerConfiguration], ranks: Ranks = .asGiven,
    isStrict: Bool = false
  ) throws {
    try self.init(models, ranks: ranks, isStrict: isStrict) { _, _ in configurations }
  }

  /// Compares LoRA and RandLora at a few ranks, where they are registered.
  public init(
    _ models: [Graph], surveying registry: TunerRegistry, ranks: Ranks = .asGiven,
    isStrict: Bool = false
  ) throws {
    try self.init(models, ranks: ranks, isStrict: isStrict) { model, builder in
      try builder.usual(for: model, ranks, registry)
    }
  }

  private init(
    _ models: [Graph], ranks: Ranks, isStrict: Bool,
    tuners: (Graph, inout Builder) throws -> [any TunerConfiguration]
  ) throws {
    var builder = Builder(isStrict: isStrict)
    for model in models {
      let configurations = try tuners(model, &builder)
      var wish: Int? =
        if case .nearest(let budget) = ranks {
          budget.parameters(ofBase: model.entryCount)
        } else { nil }
      for configuration in configurations {
        let trained = try builder.add(configuration, on: model, wish: wish)
        if ranks == .matchingFirst, wish == nil { wish = trained }
      }
    }
    rows = builder.rows
    warnings = builder.warnings
    adapters = builder.adapters
  }
}

extension Comparison {
  /// Collects rows, each once, and warnings, each once.
  private struct Builder {
    let isStrict: Bool
    var rows: [Budget] = []
    var adapters: [Adapter] = []
    var warnings: [String] = []

    /// LoRA and RandLora at a few ranks each, or at one where the rank is searched for, on the
    /// family's usual modules; where none are known, on all linear ones.
    mutating func usual(
      for graph: Graph, _ ranks: Ranks, _ registry: TunerRegistry
    ) throws -> [any TunerConfiguration] {
      let lora = ranks == .asGiven ? [4, 16, 64] : [8]
      let randlora = ranks == .asGiven ? [128, 32, 8] : [32]
      let hasDefaults =
        graph.origin.modelType.flatMap(DefaultTargets.targets(forModelType:)) != nil
      let targets: TargetSelection.Targets? = hasDefaults ? nil : .allLinear
      if !hasDefaults {
        warn("\(graph.name): no usual targets are known for this model, so all-linear is taken")
      }
      let usual: [any TunerConfiguration] =
        lora.map { LoraConfig(r: $0, targetModules: targets) }
        + randlora.map {
          RandLoraConfig(r: $0, targetModules: targets, randloraAlpha: 20 * Double($0))
        }
      return usual.filter { registry.knowsTuner(of: $0) }
    }

    /// - Parameter wish: The number of trained parameters to come near to; nil for the given rank.
    /// - Returns: The number of trained parameters.
    mutating func add(
      _ configuration: some TunerConfiguration, on graph: Graph, wish: Int?
    ) throws -> Int {
      let label = "\(graph.name), \(type(of: configuration).Method.name.lowercased())"
      do {
        var adapter = try Adapter(configuration, for: graph, isStrict: isStrict)
        var row = try Budget(adapter, on: graph)
        if let wish {
          let rank = try ParameterCurve(adapter, costing: row)
            .rank(nearestTo: wish, insteadOf: configuration.rank)
          adapter = try Adapter(configuration.ranked(rank), for: graph, isStrict: isStrict)
          row = try Budget(adapter, on: graph)
        }
        guard !rows.contains(row) else { return row.trainableParameters }
        rows.append(row)
        adapters.append(adapter)
        for warning in adapter.warnings { warn("\(label): \(warning)") }
        if let warning = wish.flatMap(row.warning) { warn("\(label): \(warning)") }
        return row.trainableParameters
      } catch {
        throw ComparisonError(label: label, cause: error)
      }
    }

    private mutating func warn(_ line: String) {
      if !warnings.contains(line) { warnings.append(line) }
    }
  }
}

extension Budget {
  /// What to say where the nearest to a wish is more than a tenth away.
  package func warning(ifFarFrom wish: Int) -> String? {
    let found = trainableParameters
    guard abs(Double(found) - Double(wish)) > Double(wish) / 10 else { return nil }
    return "no rank trains about \(wish.grouped) parameters; "
      + "r = \(rank) comes nearest, with \(found.grouped)"
  }
}

/// A tuner that cannot be applied to one of the models that are compared.
public struct ComparisonError: Error, CustomStringConvertible {
  /// The model's and the tuner's name.
  public let label: String
  public let cause: any Error

  package init(label: String, cause: any Error) {
    self.label = label
    self.cause = cause
  }
  public var description: String { "\(label): \(cause)" }
}

extension TunerRegistry {
  /// Whether a configuration's tuner is registered.
  package func knowsTuner(of configuration: some TunerConfiguration) -> Bool {
    all.contains { $0 == type(of: configuration).Method.self }
  }
}
