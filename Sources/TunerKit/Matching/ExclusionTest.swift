/// Takes modules out before targets are looked at: `exclude_modules` and what is trained in full.
struct ExclusionTest {
  private enum Filter {
    case none
    case names([String], SuffixTable)
    case pattern(LazyPattern)
  }

  private struct Saved {
    let entry: String
    /// nil for plain text, which is simply a component of the path.
    let pattern: LazyPattern?
  }

  private let filter: Filter
  private let saved: [Saved]

  init(_ selection: TargetSelection) {
    switch selection.excludeModules {
    case .names(let names)? where !names.isEmpty:
      let names = distinct(names)
      filter = .names(names, SuffixTable(names))
    case .pattern(let pattern)? where !pattern.isEmpty:
      filter = .pattern(LazyPattern(pattern, setting: "exclude_modules"))
    default: filter = .none
    }
    saved = selection.savedBeforeMatching.map { entry in
      // PEFT puts the raw text between these; it covers whole components, wherever they stand.
      let pattern =
        isPlain(entry)
        ? nil
        : LazyPattern(
          entry, before: #"(^|.*\.)"#, after: #"($|\..*)"#, setting: "modules_to_save")
      return Saved(entry: entry, pattern: pattern)
    }
  }

  func reason(_ path: String) throws(TargetError) -> MatchReport.Reason? {
    switch filter {
    case .names(let names, let table):
      if let hit = table.hits(path).positions.first { return .excludedByName(entry: names[hit]) }
    case .pattern(let pattern):
      if try pattern.wholeMatch(path) != nil { return .excludedByPattern }
    case .none: break
    }
    for saved in saved where try covers(saved, path) {
      return .insideSavedModule(entry: saved.entry)
    }
    return nil
  }

  private func covers(_ saved: Saved, _ path: String) throws(TargetError) -> Bool {
    guard let pattern = saved.pattern else {
      return path.split(separator: ".").contains { $0 == saved.entry }
    }
    return try pattern.startMatch(path) != nil
  }
}

/// Whether a regular expression is nothing but the text it matches.
private func isPlain(_ text: String) -> Bool {
  !text.isEmpty
    && text.unicodeScalars.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "_-".contains($0) }
}

extension StringProtocol {
  fileprivate func contains(_ scalar: Unicode.Scalar) -> Bool {
    unicodeScalars.contains(scalar)
  }
}
