#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Finds the rank whose number of trained parameters comes nearest to a wish.
///
/// More or fewer parameters with a higher rank, in steps or smoothly: nothing is assumed but that
/// ranks near each other cost much the same. Ranks are tried on a coarse geometric grid, then ever
/// more finely around those between which the wish lies.
struct RankSearch {
  let budget: Int
  /// The trained parameters at a rank.
  let cost: (Int) throws -> Int

  private static let gridSize = 48

  /// The best rank from 1 to `limit`; of equals the lowest.
  func best(upTo limit: Int) throws -> Int {
    var costs: [Int: Int] = [:]
    func distance(_ rank: Int) throws -> UInt {
      let known = try costs[rank] ?? cost(rank)
      costs[rank] = known
      let (difference, overflow) = known.subtractingReportingOverflow(budget)
      return overflow ? .max : difference.magnitude
    }
    var intervals = [1...max(1, limit)]
    while !intervals.isEmpty {
      var next: [ClosedRange<Int>] = []
      for interval in intervals {
        let ranks = Self.grid(interval)
        for rank in ranks { _ = try distance(rank) }
        guard ranks.count < interval.count else { continue }
        next += try zip(ranks, ranks.dropFirst()).filter { low, high in
          guard high - low > 1, let a = costs[low], let b = costs[high] else { return false }
          let nearest = try ranks.min { try distance($0) < distance($1) }
          return min(a, b) <= budget && budget <= max(a, b) || low == nearest || high == nearest
        }.map { $0...$1 }
      }
      intervals = next
    }
    let found = try costs.keys.min { a, b in
      let (near, far) = (try distance(a), try distance(b))
      return near == far ? a < b : near < far
    }
    return found ?? 1
  }

  /// Ranks spread over an interval, both ends among them, closer together at the low end.
  private static func grid(_ interval: ClosedRange<Int>) -> [Int] {
    guard interval.count > gridSize else { return Array(interval) }
    let ratio = Double(interval.upperBound) / Double(interval.lowerBound)
    var ranks = (0..<gridSize).map { step in
      let exponent = Double(step) / Double(gridSize - 1)
      return Int((Double(interval.lowerBound) * pow(ratio, exponent)).rounded())
    }
    ranks[0] = interval.lowerBound
    ranks[gridSize - 1] = interval.upperBound
    return ranks.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }
}
