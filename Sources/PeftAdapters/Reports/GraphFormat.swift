public import ModelGraph
public import PeftBasics

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
  /// The flow of data as a picture.
  case svg
}

extension Graph {
  /// The graph as a text that ends a line.
  /// - Parameter base: The graph before a tuner was applied; a tree marks what is new.
  public func text(as format: GraphFormat, comparedWith base: Graph? = nil) throws -> String {
    let text =
      switch format {
      case .tree: moduleTree(comparedWith: base)
      case .json: json()
      case .mermaid where isOutline, .dot where isOutline, .svg where isOutline:
        throw NoFlow(model: name)
      case .mermaid: mermaid()
      case .dot: dot()
      case .svg: svg()
      }
    return text.hasSuffix("\n") ? text : text + "\n"
  }
}

/// A flow of data asked of a model of which only names and shapes are known.
public struct NoFlow: Diagnosis, Hashable {
  let model: String

  public var words: (problem: String, fix: String?) {
    (
      "\(model.shown) has names and shapes alone, and no flow of data to draw",
      "choose the format tree or json, or give a description"
    )
  }
}
