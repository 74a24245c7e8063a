import ModelGraph
import PeftBasics

/// Puts an outline together, within limits: names and shapes come from strangers.
struct OutlineBuilder {
  private(set) var graph: Graph
  var warnings: [String] = []

  /// As many modules as a large mixture of experts has twice over.
  static let mostModules = 250_000
  static let deepest = 64
  static let longestPath = 500

  init(name: String) { graph = Graph(name: name) }

  mutating func addModule(_ path: String, kind: Module.Kind) throws(OutlineProblem) {
    if !path.isEmpty { try Self.check(path) }
    graph.declareModule(path, kind: kind)
    try checkSize()
  }

  /// - Parameter module: The path of the module that it belongs to.
  mutating func addParameter(
    _ name: String, _ shape: [Int], _ element: ElementType = .float32, in module: String
  ) throws(OutlineProblem) {
    let full = module.isEmpty ? name : "\(module).\(name)"
    try Self.check(full)
    do throws(GraphError) {
      _ = try graph.addParameter(Self.parameter(full, shape, element))
    } catch {
      throw .graph(error)
    }
    try checkSize()
  }

  private static func parameter(
    _ name: String, _ shape: [Int], _ element: ElementType
  ) throws(GraphError) -> Parameter {
    do { return try Parameter(name: name, shape: shape, element: element) } catch {
      throw .tooManyParameters(limit: Graph.mostEntries)
    }
  }

  private static func check(_ path: String) throws(OutlineProblem) {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false)
    guard path.utf8.count <= longestPath, parts.count <= deepest else {
      throw .longPath(path)
    }
    for part in parts { try checkName(part) }
  }

  /// Names become parts of paths, which stand in reports and files.
  static func checkName(_ name: Substring) throws(OutlineProblem) {
    let isName =
      !name.isEmpty && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard isName else { throw .badName(String(name)) }
  }

  private func checkSize() throws(OutlineProblem) {
    guard graph.modules.placeCount <= Self.mostModules else { throw .tooManyModules }
  }
}

extension OutlineBuilder {
  /// Weights that a source may show twice: a table, and what may be the same one.
  struct Tables {
    /// The modules whose weights have the vocabulary's shape, the largest embedding first.
    let alike: [String]
    /// The last linear layer among them.
    let head: String?
  }

  /// The vocabulary's embedding with what has its shape: where there is a head, it does.
  var tables: Tables? {
    let modules = graph.modules.modules
    // A table of positions can be larger than that of a small vocabulary.
    let embeddings = modules.filter { module in
      module.kind == .embedding
        && !["pos", "wpe", "type", "segment"].contains { module.name.lowercased().contains($0) }
    }
    func weight(_ module: Module) -> Parameter? {
      graph.modules.ownParameters(of: module.path)["weight"].map { graph[$0] }
    }
    // The first of equals, as PyTorch keeps the first of shared weights.
    let largest = embeddings.reduce(nil as Module?) { best, next in
      guard let best else { return next }
      return (weight(next)?.count ?? 0) > (weight(best)?.count ?? 0) ? next : best
    }
    guard let largest, let shape = weight(largest)?.shape else { return nil }
    let others = modules.filter {
      ($0.kind == .embedding || $0.kind == .linear) && $0 != largest && weight($0)?.shape == shape
    }
    return Tables(
      alike: [largest.path] + others.map(\.path),
      head: others.last { $0.kind == .linear }?.path)
  }

  /// Lets `all-linear` leave the output embedding out, as PEFT does in models of transformers.
  mutating func setOutputEmbedding(_ path: String) {
    graph.origin.outputEmbedding = path
    warnings.append(
      "\(path.shown) is taken for the output embedding of a model of transformers, which all-linear leaves out"
    )
  }
}
