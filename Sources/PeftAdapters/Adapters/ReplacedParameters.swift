package import ModelGraph
package import TunerKit

extension Adapter {
  /// The base model's parameters that only modules read which are saved in full: their copies are read in
  /// their place, and the base need not have values for them.
  package func replacedParameters(of graph: Graph) throws -> Set<Parameter.ID> {
    let names = try graph.prepared(for: self).modules.parameterNames()
    let saved = match.saved.modules.map(\.path)
    let replaced = copies.filter { copy in
      copy.module != nil
        && (names[copy.original] ?? []).allSatisfy { name in
          saved.contains { $0.isEmpty || name.hasPrefix($0 + ".") }
        }
    }
    return Set(replaced.map(\.original))
  }
}

extension [AdapterFolder] {
  /// The parameters of a model that one of these adapters has in full.
  func replacedParameters(of graph: Graph) throws -> Set<Parameter.ID> {
    try reduce(into: []) { replaced, folder in
      replaced.formUnion(
        try folder.replacedParameters(by: folder.adapter(for: graph), of: graph))
    }
  }
}

extension Graph {
  /// The parameters that every one of these adapters saves in full; nil where there is no adapter.
  package func replacedParameters(byAll adapters: [Adapter]) throws -> Set<Parameter.ID>? {
    let replaced = try adapters.map { try $0.replacedParameters(of: self) }
    return replaced.first.map { first in replaced.dropFirst().reduce(first) { $0.intersection($1) }
    }
  }
}
