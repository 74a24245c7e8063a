public import TunerKit

/// Several tuners at several settings, counted on several models.
public struct Comparison: Sendable {
  /// One row for each model, tuner and setting, in the order asked for.
  public let rows: [Budget]
  /// What the user should know, each once.
  public let warnings: [String]

  /// How ranks are chosen.
  public enum Ranks: Hashable, Sendable {
    /// As the requests say.
    case asGiven
    /// For each tuner the rank whose trained parameters come nearest to this number.
    case nearest(to: Int)
    /// The first request as it is, the others at the rank nearest to its trained parameters.
    case matchingFirst
  }

  /// - Parameters:
  ///   - models: The graphs to compare on.
  ///   - requests: The tuners; nil for LoRA and RandLora at a few ranks.
  ///   - isStrict: Whether a target that hits nothing is an error, even where others hit.
  /// - Throws: What applying a tuner to a model throws.
  public init(
    _ models: [Graph], _ requests: [TunerRequest]? = nil, ranks: Ranks = .asGiven,
    isStrict: Bool = false
  ) throws {
    var rows: [Budget] = []
    var warnings: [String] = []
    let configurations = try (requests ?? Self.usual()).flatMap(\.variants)
    for model in models {
      var budget: Int? = if case .nearest(let number) = ranks { number } else { nil }
      for configuration in configurations {
        let row = try Self.row(
          configuration, on: model, nearest: budget, isStrict: isStrict, warnings: &warnings)
        if ranks == .matchingFirst, budget == nil { budget = row.trainableParameters }
        if !rows.contains(row) { rows.append(row) }
      }
    }
    self.rows = rows
    self.warnings = warnings
  }

  /// LoRA and RandLora at a few ranks each.
  private static func usual() throws -> [TunerRequest] {
    let randlora = try [128, 32, 8].map {
      try TunerRequest("randlora:r=\($0),randlora_alpha=\(20 * $0)")
    }
    return try [TunerRequest("lora:r=4|16|64")] + randlora
  }

  private static func row(
    _ configuration: some TunerConfiguration, on graph: Graph, nearest budget: Int?,
    isStrict: Bool, warnings: inout [String]
  ) throws -> Budget {
    var configuration = configuration
    if let budget {
      configuration.rank = try Self.rank(configuration, on: graph, nearest: budget)
    }
    let adapter = try Adapter(configuration, for: graph, isStrict: isStrict)
    for warning in adapter.warnings {
      let line = "\(graph.name), \(adapter.tunerName.lowercased()): \(warning)"
      if !warnings.contains(line) { warnings.append(line) }
    }
    return try Budget(adapter, on: graph)
  }

  /// The rank whose trained parameters come nearest to a number.
  private static func rank(
    _ configuration: some TunerConfiguration, on graph: Graph, nearest budget: Int
  ) throws -> Int {
    let adapter = try Adapter(configuration, for: graph)
    let sites = adapter.updates.map(\.site)
    let rest = try Budget(adapter, on: graph)
    let fixed = rest.trainableParameters - rest.adapterParameters
    let limit = sites.map { min($0.outputs, $0.inputs) }.max() ?? 1
    let search = RankSearch(budget: budget) { rank in
      try [fixed, trained(configuration, at: rank, on: sites)]
        .checkedSum(of: "the trained parameters")
    }
    return try search.best(upTo: limit)
  }

  private static func trained<Configuration: TunerConfiguration>(
    _ configuration: Configuration, at rank: Int, on sites: [Site]
  ) throws -> Int {
    var configuration = configuration
    configuration.rank = rank
    let tuner = try Configuration.Method(configuration, sites: sites)
    var shared: [UpdateTensor] = []
    var counts: [Int] = []
    for site in sites {
      for tensor in try tuner.update(of: site).tensors where tensor.isTrained {
        if tensor.site == nil {
          if shared.contains(tensor) { continue }
          shared.append(tensor)
        }
        counts.append(try tensor.count())
      }
    }
    return try counts.checkedSum(of: "the trained parameters")
  }
}
