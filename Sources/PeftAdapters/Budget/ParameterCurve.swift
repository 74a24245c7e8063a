import PeftBasics
import PeftReports
public import TunerKit

/// What a tuner trains on one model at each rank, all else as configured.
///
/// Modules that the tuner treats alike are counted once and multiplied, so that a rank takes
/// microseconds even where hundreds of modules are updated.
public struct ParameterCurve: Sendable {
  /// Ranks from 1 to the smaller side of the largest module; beyond it an update gains nothing.
  public let ranks: ClosedRange<Int>
  /// Trained entries that do not depend on the rank: saved modules, biases.
  private let fixed: Int
  /// One of the modules that cost the same, and how many they are.
  private let groups: [(site: Site, count: Int)]
  private let cost: @Sendable (_ rank: Int, _ sites: [Site]) throws -> Cost

  private struct Cost {
    /// For each site what it alone trains.
    var own: [Int] = []
    /// What sites share and train.
    var shared = 0
  }

  /// - Parameters:
  ///   - adapter: The tuner on a model, at any rank.
  ///   - budget: What it costs there.
  /// - Throws: `RankMissing` for a tuner without a rank; what the tuner throws; `SizeOverflow` where
  ///   counts are too large.
  public init(_ adapter: Adapter, costing budget: Budget) throws {
    guard budget.rank != nil else { throw RankMissing(tuner: budget.tuner) }
    let sites = adapter.updates.map(\.site)
    ranks = Self.ranks(of: sites)
    fixed = budget.trainableParameters - budget.adapterParameters
    cost = Self.cost(of: adapter.configuration)
    groups = try Self.groups(of: sites, cost)
  }

  static func ranks(of sites: [Site]) -> ClosedRange<Int> {
    1...max(1, sites.map { min($0.outputs, $0.inputs) }.max() ?? 1)
  }

  /// Everything that is trained at a rank.
  public func trainableParameters(at rank: Int) throws -> Int {
    let costs = try cost(rank, groups.map(\.site))
    let base = try [fixed, costs.shared].checkedSum(of: "the trained parameters")
    return try zip(costs.own, groups).reduce(base) { sum, group in
      let (product, overflow) = group.0.multipliedReportingOverflow(by: group.1.count)
      guard !overflow else { throw SizeOverflow(counting: "the trained parameters") }
      return try [sum, product].checkedSum(of: "the trained parameters")
    }
  }

  /// Modules of one shape that cost the same at several ranks: a pattern may treat some apart.
  private static func groups(
    of sites: [Site], _ cost: (Int, [Site]) throws -> Cost
  ) throws -> [(site: Site, count: Int)] {
    struct Key: Hashable {
      let kind: Module.Kind
      let sizes: [Int]
      let hasBias: Bool
      let costs: [Int]
    }
    let probes = try [1, 2, 3].map { try cost($0, sites).own }
    var groups: [(site: Site, count: Int)] = []
    var places: [Key: Int] = [:]
    for (index, site) in sites.enumerated() {
      let key = Key(
        kind: site.kind, sizes: [site.outputs, site.inputs] + site.kernel, hasBias: site.hasBias,
        costs: probes.map { $0[index] })
      if let place = places[key] {
        groups[place].count += 1
      } else {
        places[key] = groups.count
        groups.append((site, 1))
      }
    }
    return groups
  }

  private static func cost(
    of configuration: some TunerConfiguration
  ) -> @Sendable (Int, [Site]) throws -> Cost {
    { rank, sites in
      try trained(configuration.ranked(rank), sites)
    }
  }

  private static func trained<Configuration: TunerConfiguration>(
    _ configuration: Configuration, _ sites: [Site]
  ) throws -> Cost {
    let tuner = try Configuration.Method(configuration, sites: sites)
    var cost = Cost()
    var shared: Set<UpdateTensor> = []
    for site in sites {
      let trained = try tuner.tensors(at: site).filter(\.isTrained)
      shared.formUnion(trained.filter { $0.site == nil })
      cost.own.append(
        try trained.filter { $0.site != nil }.map { try $0.count() }
          .checkedSum(of: "the trained parameters"))
    }
    cost.shared = try shared.map { try $0.count() }.checkedSum(of: "the trained parameters")
    return cost
  }
}
