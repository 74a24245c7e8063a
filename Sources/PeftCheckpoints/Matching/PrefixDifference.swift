import PeftBasics

/// Names that are right but for what stands before them, the most frequent mistake: `model.norm` in
/// the description, `norm` or `text_model.norm` in the files.
struct PrefixDifference {
  /// What to write in the description.
  let fix: String
  private let change: Change

  /// What a name starts with in the description, and what in the files.
  private struct Change: Hashable {
    let ours: Substring
    let theirs: Substring

    func renamed(_ name: String) -> String? {
      name.hasPrefix(ours) ? String(theirs + name.dropFirst(ours.count)) : nil
    }
  }

  /// Files can have any names; the limit bounds the time for comparing them with each other.
  private static let mostSamples = 4
  private static let mostChanges = 32
  private static let mostNames = 10_000

  /// A change that explains at least half of what is missing.
  init?(missing: [String], unexpected: [String]) {
    let names = Set(unexpected)
    for change in Self.changes(missing, unexpected) {
      let count = missing.count { name in
        change.renamed(name).map(names.contains) ?? false
      }
      if count > 0, count * 2 >= missing.count {
        fix = Self.fix(change, count: count, of: missing.count)
        self.change = change
        return
      }
    }
    return nil
  }

  /// What the files call a parameter; its own name where the change does not concern it.
  func renamed(_ name: String) -> String { change.renamed(name) ?? name }

  /// Changes that make a missing name one of the file's, those that leave most of it first.
  private static func changes(_ missing: [String], _ unexpected: [String]) -> [Change] {
    var changes: [Change] = []
    for name in missing.prefix(mostSamples) {
      let starts =
        [name.startIndex] + name.indices.filter { name[$0] == "." }.map(name.index(after:))
      for start in starts.prefix(mostChanges) {
        let ending = name[start...]
        for other in unexpected.prefix(mostNames) where other.hasSuffix(ending) {
          let change = Change(ours: name[..<start], theirs: other.dropLast(ending.count))
          guard change.theirs.isEmpty || change.theirs.last == "." else { continue }
          if !changes.contains(change) { changes.append(change) }
          guard changes.count < mostChanges else { return changes }
        }
      }
    }
    return changes
  }

  private static func fix(_ change: Change, count: Int, of all: Int) -> String {
    let (ours, theirs) = (String(change.ours), String(change.theirs))
    let how =
      switch (ours.isEmpty, theirs.isEmpty) {
      case (true, _): "with \(theirs.quoted) before them"
      case (false, true): "without \(ours.quoted) before them"
      case (false, false): "with \(theirs.quoted) in place of \(ours.quoted)"
      }
    func pattern(_ prefix: String) -> String { prefix.isEmpty ? "\"**\"" : "\(prefix)**" }
    let some = count == all ? "they are" : "\(count) of the \(all) missing are"
    return "\(some) in the files \(how): "
      + "write \("\(pattern(ours)): \(pattern(theirs))".quoted) under 'checkpoint' in the description"
  }
}
