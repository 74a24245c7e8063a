public import ModelGraph

/// How a graph is written.
public enum GraphFormat: String, Hashable, Sendable, CaseIterable {
  /// The modules as an indented tree with shapes and counts.
  case tree
  /// Everything there is, for programs.
  case json
  /// The flow of data for Mermaid, which GitHub draws.
  case mermaid
  /// The flow of data for Graphviz.
  case dot
}

extension Graph {
  /// The graph as a text that ends a line.
  /// - Parameter base: The graph before a tuner was applied; a tree marks what is new.
  public func text(as format: GraphFormat, comparedWith base: Graph? = nil) throws -> String {
    let text =
      switch format {
      case .tree: moduleTree(comparedWith: base)
      case .json: json()
      case .mermaid: mermaid()
      case .dot: dot()
      }
    return text.hasSuffix("\n") ? text : text + "\n"
  }
}
