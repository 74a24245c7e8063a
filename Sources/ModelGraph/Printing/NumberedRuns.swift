/// Neighbours that are alike but for their numbers, such as the layers of a transformer.
enum NumberedRuns {
  /// Cuts a list of siblings into runs of consecutive numbers; anything else is a run of its own.
  /// - Parameter continues: Whether the second sibling is as the first one.
  static func split<Sibling>(
    _ siblings: [Sibling], name: (Sibling) -> String, continues: (Sibling, Sibling) -> Bool
  ) -> [ArraySlice<Sibling>] {
    var runs: [ArraySlice<Sibling>] = []
    var start = siblings.startIndex
    for index in siblings.indices {
      let next = index + 1
      if next < siblings.endIndex, let number = Int(name(siblings[index])), number < .max,
        Int(name(siblings[next])) == number + 1, continues(siblings[index], siblings[next])
      {
        continue
      }
      runs.append(siblings[start..<next])
      start = next
    }
    return runs
  }
}
