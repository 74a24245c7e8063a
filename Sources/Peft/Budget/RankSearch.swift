extension ParameterCurve {
  /// The rank whose number of trained parameters comes nearest to a wish.
  ///
  /// Every rank is tried. Costs are not monotonic: RandLora needs ⌈d / r⌉ bases, and between the
  /// ranks at which that number changes it trains more with every rank, not less.
  /// - Parameter given: The rank to keep where none is nearer; otherwise the lowest of equals wins.
  public func rank(nearestTo wish: Int, insteadOf given: Int) throws -> Int {
    func distance(_ rank: Int) throws -> UInt {
      let trained = try trainableParameters(at: rank)
      return UInt(bitPattern: max(trained, wish) &- min(trained, wish))
    }
    var best = (rank: given, distance: ranks ~= given ? try distance(given) : .max)
    for rank in ranks {
      let distance = try distance(rank)
      if distance < best.distance { best = (rank, distance) }
    }
    return best.rank
  }
}
