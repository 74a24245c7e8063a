package import TunerKit

extension ParameterCurve {
  /// The rank whose number of trained parameters comes nearest to a wish.
  ///
  /// Costs are not monotonic: a tuner with ⌈d / r⌉ bases trains less where that number falls, and more
  /// with every rank between. So every rank is tried where there are
  /// up to 4096 of them, which is exact; among more, evenly spread ones, then all near the best.
  /// - Parameter given: The rank to keep where none is nearer; otherwise the lowest of equals wins.
  public func rank(nearestTo wish: Int, insteadOf given: Int) throws -> Int {
    func distance(_ rank: Int) throws -> UInt {
      let trained = try trainableParameters(at: rank)
      return UInt(bitPattern: max(trained, wish) &- min(trained, wish))
    }
    let step = (ranks.count - 1) / Self.mostTried + 1
    var tried = try stride(from: ranks.lowerBound, through: ranks.upperBound, by: step).map {
      (rank: $0, distance: try distance($0))
    }
    if step > 1 {
      let best = tried.sorted { ($0.distance, $0.rank) < ($1.distance, $1.rank) }
      for rank in best.prefix(Self.mostRefined).map(\.rank) {
        for near in (rank - step + 1)...(rank + step - 1) where ranks ~= near {
          tried.append((near, try distance(near)))
        }
      }
    }
    if ranks ~= given { tried.append((given, try distance(given))) }
    let nearest = tried.map(\.distance).min()
    let equals = tried.filter { $0.distance == nearest }.map(\.rank)
    return equals.contains(given) ? given : equals.min() ?? given
  }

  private static let mostTried = 4096
  private static let mostRefined = 32
}

/// A tuner on a model, counted: at its own rank, or at the one that comes nearest to a wish.
package struct CountedTuner {
  package let configuration: any TunerConfiguration
  package let adapter: Adapter
  package let budget: Budget

  /// - Parameters:
  ///   - wish: The number of trained parameters to come near to; nil for the rank as it is, which a tuner
  ///     without a rank keeps in any case.
  ///   - changed: The configuration at another rank.
  /// - Throws: What applying the tuner throws, and `SizeOverflow` where counts are too large.
  package init<Configuration: TunerConfiguration>(
    _ configuration: Configuration, on graph: Graph, nearestTo wish: Int?, isStrict: Bool = false,
    atRank changed: (Configuration, Int) -> Configuration
  ) throws {
    let adapter = try Adapter(configuration, for: graph, isStrict: isStrict)
    let budget = try Budget(adapter, on: graph)
    guard let wish, let given = configuration.rank else {
      (self.configuration, self.adapter, self.budget) = (configuration, adapter, budget)
      return
    }
    let rank = try ParameterCurve(adapter, costing: budget)
      .rank(nearestTo: wish, insteadOf: given)
    let nearest = changed(configuration, rank)
    self.configuration = nearest
    self.adapter = try Adapter(nearest, for: graph, isStrict: isStrict)
    self.budget = try Budget(self.adapter, on: graph)
  }
}
