public import PeftBasics
import PeftReports
public import TunerKit

/// Several tuners at several settings, counted on several models.
public struct Comparison: Sendable {
  /// One row for each model, tuner and setting, in the order asked for; the same row only once.
  public let rows: [Budget]
  /// What the user should know, each once.
  public let warnings: [String]
  /// What was done where nothing was said about it, each once.
  public let notes: [String]
  /// For each row the tuner on its model.
  package let adapters: [Adapter]
  /// For each row its model.
  package let graphs: [Graph]

  /// How ranks are chosen.
  public enum Ranks: Hashable, Sendable {
    /// As the requests say.
    case asGiven
    /// For each tuner the rank whose number of trainable parameters is nearest to this.
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
    try self.init(models, ranks: ranks, isStrict: isStrict) { _, add, _ in
      for configuration in configurations { try add(configuration) }
    }
  }

  /// Compares the tuners of a registry at their survey settings, on a model's default target modules.
  public init(
    _ models: [Graph], surveying registry: TunerRegistry, ranks: Ranks = .asGiven,
    isStrict: Bool = false
  ) throws {
    try self.init(models, ranks: ranks, isStrict: isStrict) { model, add, warn in
      let survey = TunerSurvey(registry, of: model, isWhole: ranks == .asGiven)
      if !survey.hasUsualTargets {
        warn("\(model.name): no default targets are known for this model, so all-linear is used")
      }
      for line in try survey.visit(add) { warn(line) }
    }
  }

  /// - Parameter tuners: Adds a model's configurations, and says what the user should know.
  private init(
    _ models: [Graph], ranks: Ranks, isStrict: Bool,
    tuners: (
      Graph, _ add: (any TunerConfiguration) throws -> Void, _ warn: (String) -> Void
    ) throws -> Void
  ) throws {
    var builder = Builder(isStrict: isStrict)
    for model in models {
      var wish: Int? =
        if case .nearest(let budget) = ranks {
          budget.parameters(ofBase: model.entryCount)
        } else { nil }
      try tuners(
        model,
        { configuration in
          let trained = try builder.add(configuration, on: model, wish: wish)
          if ranks == .matchingFirst, wish == nil { wish = trained }
        }, { builder.warn($0) })
    }
    rows = builder.rows
    warnings = builder.warnings
    notes = builder.notes
    adapters = builder.adapters
    graphs = builder.graphs
  }
}

extension Comparison {
  /// Collects rows, each once, and warnings, each once.
  private struct Builder {
    let isStrict: Bool
    var rows: [Budget] = []
    var adapters: [Adapter] = []
    var graphs: [Graph] = []
    var warnings: [String] = []
    var notes: [String] = []

    /// - Parameter wish: The number of trained parameters to come near to; nil for the given rank.
    /// - Returns: The number of trained parameters.
    mutating func add(
      _ configuration: some TunerConfiguration, on graph: Graph, wish: Int?
    ) throws(ComparisonError) -> Int {
      let label = "\(graph.name), \(type(of: configuration).Method.name.lowercased())"
      do {
        let counted = try CountedTuner(
          configuration, on: graph, nearestTo: wish, isStrict: isStrict
        ) { $0.scaled(toRank: $1) }
        let row = counted.budget
        guard !rows.contains(row) else { return row.trainableParameters }
        rows.append(row)
        adapters.append(counted.adapter)
        graphs.append(graph)
        for warning in counted.adapter.warnings { warn("\(label): \(warning)") }
        if let warning = wish.flatMap(row.warning) { warn("\(label): \(warning)") }
        if let scale = counted.configuration.scale, scale.value != configuration.scale?.value {
          let note = "\(scale.field) follows the rank: give it a value to keep it"
          if !notes.contains(note) { notes.append(note) }
        }
        return row.trainableParameters
      } catch {
        throw ComparisonError(label: label, cause: error)
      }
    }

    mutating func warn(_ line: String) {
      if !warnings.contains(line) { warnings.append(line) }
    }
  }
}

extension Budget {
  /// What to say where the nearest to a wish is more than a tenth away.
  package func warning(ifFarFrom wish: Int) -> String? {
    let found = trainableParameters
    guard abs(Double(found) - Double(wish)) > Double(wish) / 10 else { return nil }
    guard let rank, let rankField else {
      return "\(tuner) has no rank to search for: it trains \(found.grouped) parameters, not about "
        + "\(wish.grouped)"
    }
    return "no rank trains about \(wish.grouped) parameters; "
      + "\(rankField) = \(rank) comes nearest, with \(found.grouped)"
  }
}

/// A tuner that cannot be applied to one of the models that are compared.
public struct ComparisonError: Diagnosis {
  /// The model's and the tuner's name.
  public let label: String
  public let cause: any Error

  package init(label: String, cause: any Error) {
    self.label = label
    self.cause = cause
  }

  public var words: (problem: String, fix: String?) {
    let cause = AnyDiagnosis(cause)
    return ("\(label): \(cause.summary)", cause.fix)
  }

  public var details: [String] { AnyDiagnosis(cause).details }
}
