import ModelGraph

/// The modules of which all that is missing consists, where they look like a head: one or two, each with
/// all that is its own, at least one of them at the top of the model, and none in one of many layers.
struct MissingHeads {
  /// Their paths, in the order of the graph; empty where something else is missing.
  let modules: [String]

  private static let mostModules = 2

  init(_ missing: Set<Parameter.ID>, of graph: Graph) {
    let names = graph.modules.parameterNames()
    var present: Set<String> = []
    for (id, names) in names where !missing.contains(id) {
      present.formUnion(Self.modules(around: names))
    }
    var modules: [String] = []
    for id in graph.modules.parameters where missing.contains(id) {
      let path = Self.modules(around: names[id] ?? []).first { !present.contains($0) } ?? ""
      if !modules.contains(path) { modules.append(path) }
      if modules.count > Self.mostModules { break }
    }
    let isHead =
      modules.count <= Self.mostModules && !modules.contains("")
      && modules.contains { !$0.contains(".") } && !modules.contains(where: Self.isInLayer)
    self.modules = isHead ? modules : []
  }

  private static func isInLayer(_ path: String) -> Bool {
    path.split(separator: ".").contains { Int($0) != nil }
  }

  /// The modules that a parameter with these names is within, under all of them; the outermost first.
  private static func modules(around names: [String]) -> [String] {
    let paths = names.map { $0.split(separator: ".").dropLast() }
    guard let first = paths.first else { return [""] }
    var modules = [""]
    for (depth, part) in first.enumerated() {
      guard paths.allSatisfy({ depth < $0.count && $0[depth] == part }) else { break }
      modules.append(modules[depth].isEmpty ? String(part) : "\(modules[depth]).\(part)")
    }
    return modules
  }
}
