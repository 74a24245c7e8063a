public import ModelGraph

/// A parameter of the base model that an adapter trains a copy of, so that the base stays as it is.
public struct TrainedCopy: Hashable, Sendable {
  /// The parameter in the base model.
  public let original: Parameter.ID
  /// What the original is called where the copy is read: a shared one has a name in every module.
  public let name: String
  /// Other names of the original in the saved module.
  public let otherNames: [String]
  public let shape: [Int]
  /// The module that is saved in full; nil for a bias, whose copy is read everywhere.
  public let module: String?

  /// The copies of all parameters of a module that is saved in full, each once.
  static func all(in module: String, of graph: Graph) -> [TrainedCopy] {
    let named = graph.modules.namedParameters(within: module)
    return graph.modules.parameters(within: module).map { id in
      let names = named.filter { $0.parameter == id }.map(\.name)
      return TrainedCopy(
        original: id, name: names[0], otherNames: Array(names.dropFirst()),
        shape: graph[id].shape, module: module)
    }
  }

  init(bias: Parameter.ID, of graph: Graph) {
    self.init(
      original: bias, name: graph[bias].name, otherNames: [], shape: graph[bias].shape, module: nil)
  }

  private init(
    original: Parameter.ID, name: String, otherNames: [String], shape: [Int], module: String?
  ) {
    self.original = original
    self.name = name
    self.otherNames = otherNames
    self.shape = shape
    self.module = module
  }

  /// The name in a graph, as PEFT has it: `classifier.modules_to_save.default.weight`.
  public func parameterName(adapter: String) -> String {
    let own = name.dropFirst(module.map { $0.isEmpty ? 0 : $0.utf8.count + 1 } ?? 0)
    guard let module else { return "\(own.dropLast("bias".count))trained.\(adapter).bias" }
    return "\(module).modules_to_save.\(adapter).\(own)"
  }

  /// Whether a module's nodes read the copy instead of the original.
  func isRead(in path: String) -> Bool {
    module.map { path == $0 || path.hasPrefix($0 + ".") } ?? true
  }
}
