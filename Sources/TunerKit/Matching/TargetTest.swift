/// Tells the modules that are targeted, among those that nothing excludes.
struct TargetTest {
  enum Decision {
    /// - Parameter byFullPath: An entry is the whole path, so that layers were not looked at.
    case matched(byFullPath: Bool)
    case unmatched(MatchReport.Reason)
  }

  private enum Test {
    case names(SuffixTable)
    case pattern(LazyPattern)
  }

  private let test: Test
  let layers: LayerFilter?

  /// - Parameter targets: Names or a pattern, no longer `all-linear`; none for nothing.
  init(_ targets: TargetSelection.Targets, layers: LayerFilter?) {
    self.layers = layers
    test =
      switch targets {
      case .names(let names): .names(SuffixTable(distinct(names)))
      case .pattern(let pattern): .pattern(LazyPattern(pattern, setting: "target_modules"))
      case .allLinear, .nothing: .names(SuffixTable([]))
      }
  }

  func decision(_ path: String) throws(TargetError) -> Decision {
    switch test {
    case .pattern(let pattern):
      return try pattern.wholeMatch(path) != nil
        ? .matched(byFullPath: false) : .unmatched(.patternDoesNotMatch)
    case .names(let table):
      let (hits, includesWhole) = table.hits(path)
      if includesWhole { return .matched(byFullPath: true) }
      if hits.isEmpty { return .unmatched(.noEntry) }
      switch try layers?.decision(path) ?? .chosen {
      case .chosen: return .matched(byFullPath: false)
      case .other(let layer): return .unmatched(.wrongLayer(layer))
      case .noNumber: return .unmatched(.noLayerNumber)
      }
    }
  }
}
