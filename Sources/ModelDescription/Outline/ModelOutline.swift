public import ModelGraph
package import PeftBasics

/// A model of which only modules and the shapes of their parameters are known: enough to match targets
/// and to count, too little to run.
///
/// It is read from the header of a safetensors file, or from the text of PyTorch's `print(model)`, where
/// there is no ``ModelDescription``.
public struct ModelOutline: Sendable {
  /// Modules and parameters, without inputs, operations and outputs.
  public let graph: Graph
  /// What the source does not say, and what was guessed; a line each.
  public let warnings: [String]

  init(_ builder: OutlineBuilder) {
    graph = builder.graph
    warnings = builder.warnings.map { "\(builder.graph.name.shown): \($0)" }
  }

  /// That an outline has no dimension to set.
  package static func noDimensions(_ path: String) -> DescriptionError {
    DescriptionError(OutlineProblem.noDimensions, path: path)
  }

  /// Where an outline is read from.
  package enum Source: Hashable {
    /// The text of `print(model)`.
    case printed(path: String)
    /// A safetensors file, or the index of several.
    case tensors(path: String)

    /// What a user means by a model; nil for a description and for a folder with a `config.json`.
    /// - Throws: `DescriptionError` where there is no such model.
    package init?(_ model: String) throws {
      guard case .outline(let source) = try ModelLocation(model) else { return nil }
      self = source
    }

    package var path: String {
      switch self {
      case .printed(let path), .tensors(let path): path
      }
    }
  }
}
