extension MatchRun {
  /// How much every entry that was written hits.
  func entries() -> [EntryHits] {
    switch given {
    case .allLinear: [EntryHits(entry: "all-linear", count: matched.count)]
    case .nothing: []
    case .pattern(let pattern):
      [
        EntryHits(
          entry: pattern, count: matched.count,
          suggestion: matched.isEmpty ? hint(forPattern: pattern) : nil)
      ]
    case .names(let names): entries(names)
    }
  }

  private func entries(_ names: [String]) -> [EntryHits] {
    let table = SuffixTable(names)
    var counts = Array(repeating: 0, count: names.count)
    for module in matched {
      for position in table.hits(module.path).positions { counts[position] += 1 }
    }
    let hints = counts.contains(0) ? hints(names, table, counts) : [:]
    return zip(names, counts).enumerated().map { position, entry in
      EntryHits(entry: entry.0, count: entry.1, suggestion: hints[position])
    }
  }

  /// What to say about the entries that hit nothing, by position.
  private func hints(
    _ names: [String], _ table: SuffixTable, _ counts: [Int]
  ) -> [Int: TargetHint] {
    var hints: [Int: TargetHint] = [:]
    for decided in excluded + unmatched {
      for position in table.hits(decided.module.path).positions
      where counts[position] == 0 && hints[position] == nil {
        hints[position] = .decidedOtherwise(decided.reason, path: decided.module.path)
      }
    }
    // A file can hold any number of wrong names; a few suggestions are enough.
    let unknown = names.indices.filter { counts[$0] == 0 && hints[$0] == nil }.prefix(8)
    let finder = unknown.isEmpty ? nil : targetHints
    for position in unknown { hints[position] = finder?.hint(forName: names[position]) }
    return hints
  }

  private func hint(forPattern pattern: String) -> TargetHint? {
    let compiled = LazyPattern(pattern, setting: "target_modules")
    let covered = try? excluded.first { try compiled.wholeMatch($0.module.path) != nil }
    if let covered { return .decidedOtherwise(covered.reason, path: covered.module.path) }
    return targetHints.hint(forPattern: pattern)
  }
}
