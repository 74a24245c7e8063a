package import ModelGraph
import OrderedCollections

extension TunerConfiguration {
  /// This configuration, written for modules as they were called in earlier releases of transformers, with
  /// the names that they have in the graph: `embed_out` became `lm_head`.
  /// - Throws: `TargetError` where it means no module under the old names.
  package func withCurrentNames(on graph: Graph) throws -> Self {
    let current = graph.origin.formerModules
    let former = Dictionary(current.map { ($0.value, $0.key) }) { min($0, $1) }
    let matched = try TargetMatcher(
      modules: graph.modules.modules.map {
        Graph.Module(path: former[$0.path] ?? $0.path, kind: $0.kind)
      },
      modelType: graph.origin.modelType,
      outputEmbedding: graph.origin.outputEmbedding.map { former[$0] ?? $0 }
    ).report(for: options.targets, supporting: Set(Method.supportedKinds))
    var copy = self
    let paths = matched.matched.map(\.path)
    copy.options.targets.targetModules = .names(paths.map { current[$0] ?? $0 })
    copy.options.targets.excludeModules = nil
    copy.options.targets.layersToTransform = nil
    copy.options.targets.layersPattern = nil
    copy.options.targets.modulesToSave =
      matched.saved.modules.map { current[$0.path] ?? $0.path }
      + matched.saved.entries.filter { $0.count == 0 }.map(\.entry)
    for field in Self.fields where field.hasPatterns {
      guard case .map(let entries) = field.write(self), !entries.isEmpty else { continue }
      let table = try PatternTable(entries, setting: field.name)
      var values: OrderedDictionary<String, ConfigurationValue> = [:]
      for path in paths {
        guard let value = try table.value(for: path) else { continue }
        values[(current[path] ?? path).replacing(".", with: "\\.")] = value
      }
      try field.read(.map(values), &copy)
    }
    return copy
  }
}
