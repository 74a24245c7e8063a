extension ParameterCurve {
  /// The rank whose number of trained parameters comes nearest to a wish; of equals the lowest.
  ///
  /// Every rank is tried. Costs are not monotonic: RandLora needs ⌈d / r⌉ bases, and between the
  /// ranks at which that number changes it trains more with every rank, not less.
  public func rank(nearestTo wish: Int) throws -> Int {
    var best = (rank: ranks.lowerBound, distance: UInt.max)
    for rank in ranks {
      let (difference, isFar) = try trainableParameters(at: rank)
        .subtractingReportingOverflow(wish)
      if !isFar, difference.magnitude < best.distance { best = (rank, difference.magnitude) }
    }
    return best.rank
  }
}
