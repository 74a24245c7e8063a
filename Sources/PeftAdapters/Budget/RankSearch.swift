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
