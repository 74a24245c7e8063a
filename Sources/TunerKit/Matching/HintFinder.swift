import PeftBasics

/// Finds out what was probably meant by an entry that hits nothing.
///
/// Three mistakes are common enough to be recognised: a regular expression inside a list, several
/// names in one string, and brackets that belong to a list's notation rather than to a name.
struct HintFinder {
  let names: ModuleNames
  private let deadline = MatchDeadline()

  init(names: ModuleNames) { self.names = names }

  /// A hint for an entry of a list.
  func hint(forName entry: String) -> TargetHint? {
    packaging(entry) ?? patternInList(entry) ?? names.nearest(to: entry)
  }

  /// A hint for a string that was read as a pattern.
  func hint(forPattern pattern: String) -> TargetHint? {
    let count = pattern.isEmpty ? 0 : names.count(of: pattern)
    if count > 0 { return .nameAsPattern(count: count) }
    return packaging(pattern) ?? names.nearest(to: pattern)
  }

  /// What is left of an entry without list notation around it.
  private func packaging(_ entry: String) -> TargetHint? {
    let parts = entry.split(separator: ",").map { part in
      var part = part.drop { Self.wrapping.contains($0) }
      while let last = part.last, Self.wrapping.contains(last) { part.removeLast() }
      let prefix = "base_model.model."
      return String(part.hasPrefix(prefix) ? part.dropFirst(prefix.count) : part)
    }
    let count = parts.reduce(0) { $0 + ($1.isEmpty ? 0 : names.count(of: $1)) }
    guard count > 0, parts != [entry] else { return nil }
    return parts.count == 1 ? .bareName(parts[0], count: count) : .severalNames(parts, count: count)
  }

  private static let wrapping: Set<Character> = ["[", "]", "(", ")", "{", "}", "'", "\"", " ", "."]

  private func patternInList(_ entry: String) -> TargetHint? {
    guard entry.contains(where: #"\*+?|^$()[]"#.contains),
      let pattern = try? PythonPattern(entry),
      let count = try? names.modules.count(where: {
        try deadline.check()
        return try pattern.matchesWhole($0.path)
      }), count > 0
    else { return nil }
    return .patternInList(count: count)
  }
}
