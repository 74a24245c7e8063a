import ModelGraph

extension CheckpointNames {
  /// The paths of a graph's modules by those under which files of earlier releases have their parameters.
  ///
  /// Left out are names that only lack, or have, something in front: those of the same modules in a model
  /// of another class.
  func formerModules(of graph: Graph) -> [String: String] {
    guard !isEmpty else { return [:] }
    var former: [String: String] = [:]
    var ambiguous: Set<String> = []
    for (name, _) in graph.modules.namedParameters(within: "") {
      guard let path = Self.path(of: name) else { continue }
      let own = name.dropFirst(path.count)
      var known = [path]
      for candidate in names(ofParameter: name) where candidate.hasSuffix(own) {
        let other = String(candidate.dropLast(own.count))
        guard !other.isEmpty, !known.contains(where: { Self.isEnd($0, of: other) }) else {
          continue
        }
        known.append(other)
        guard !graph.modules.contains(other) else { continue }
        if former.updateValue(path, forKey: other) ?? path != path { ambiguous.insert(other) }
      }
    }
    for path in ambiguous { former[path] = nil }
    return former
  }

  /// The path of the module of a parameter; nil for one of the model itself.
  private static func path(of name: String) -> String? {
    name.lastIndex(of: ".").map { String(name[..<$0]) }
  }

  /// Whether one of two paths ends as the other.
  private static func isEnd(_ path: String, of other: String) -> Bool {
    path == other || path.hasSuffix(".\(other)") || other.hasSuffix(".\(path)")
  }
}
