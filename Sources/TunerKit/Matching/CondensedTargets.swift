import PeftBasics

/// PEFT's shortening of long lists of targets to the endings that tell them from everything else.
///
/// It shows twice: the saved configuration holds the short list, and endings pass through the layer
/// filter, which full paths do not.
enum CondensedTargets {
  /// From how many targets on PEFT tries.
  static let fewest = 20

  /// The shortest endings that cover every name and end none of the others.
  ///
  /// - Parameter others: Paths that are not targeted; none may be one of the names.
  /// - Returns: Endings, sorted; the names themselves where that finds none.
  /// - Complexity: O(components), over all names and others, plus names times endings.
  static func condensed(_ names: [String], others: some Sequence<String>) -> [String] {
    var taken: Set<Substring> = []
    for other in others { taken.formUnion(endings(of: other)) }

    var chosen: [Substring] = []
    var isChosen: Set<Substring> = []
    let ordered = distinct(names).map(endings).sorted { precedes($0, $1) }
    for endings in ordered {
      // One already chosen covers the name, unless it is all of it; then longer ones need none.
      if endings.dropLast().contains(where: isChosen.contains) { continue }
      guard let ending = endings.first(where: { !isChosen.contains($0) && !taken.contains($0) })
      else { continue }
      chosen.append(ending)
      isChosen.insert(ending)
    }
    return (chosen.isEmpty ? distinct(names) : chosen.map(String.init)).sortedByScalars()
  }

  /// What a list of targets becomes in a model: itself, sorted, or the condensed list if that is
  /// shorter and there were at least 20.
  static func resolved(_ names: [String], in paths: [String]) -> [String] {
    let names = distinct(names)
    guard names.count >= fewest, !names.contains("") else { return names.sortedByScalars() }
    let table = SuffixTable(names)
    let condensed = condensed(names, others: paths.lazy.filter { table.hits($0).positions.isEmpty })
    return condensed.count < names.count ? condensed : names.sortedByScalars()
  }

  /// `c`, `b.c` and `a.b.c` for `a.b.c`.
  private static func endings(of path: String) -> [Substring] {
    var endings: [Substring] = []
    for index in path.utf8.indices.reversed() where path.utf8[index] == UInt8(ascii: ".") {
      endings.append(path[path.utf8.index(after: index)...])
    }
    return endings + [path[...]]
  }

  private static func precedes(_ a: [Substring], _ b: [Substring]) -> Bool {
    for (x, y) in zip(a, b) where x != y { return scalarsPrecede(x, y) }
    return a.count < b.count
  }
}

extension [String] {
  /// Sorted by code points, as Python sorts.
  func sortedByScalars() -> [String] { sorted(by: scalarsPrecede) }
}

func scalarsPrecede(_ a: some StringProtocol, _ b: some StringProtocol) -> Bool {
  a.utf8.lexicographicallyPrecedes(b.utf8)
}
