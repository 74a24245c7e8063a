import OrderedCollections
package import PeftBasics

/// The values of a description's dimensions, each with the place where it was set.
package struct DimensionValues: Sendable {
  package struct Dimension: Sendable {
    package let value: DimensionValue
    package let range: SourceRange
    /// The option that set it, such as "--set"; nil where a file did.
    package let option: String?
  }

  private let dimensions: OrderedDictionary<String, Dimension>

  init(_ dimensions: OrderedDictionary<String, Dimension>) { self.dimensions = dimensions }

  /// The names in the order they were first defined.
  package var names: [String] { Array(dimensions.keys) }

  package subscript(name: String) -> DimensionValue? { dimensions[name]?.value }

  package func dimension(_ name: String) -> Dimension? { dimensions[name] }

  /// What an error says beside its mark about where a value comes from:
  /// "heads = 25 (set at line 4)", "heads = 25 (set by --set)".
  ///
  /// - Parameter file: The file that the error is about.
  package func note(about name: String, in file: SourceFile) -> String? {
    guard let dimension = dimensions[name] else { return nil }
    let origin =
      if let option = dimension.option {
        "set by \(option)"
      } else if dimension.range.file == file {
        "set at line \(dimension.range.start.line)"
      } else {
        "set at \(dimension.range.location)"
      }
    return "\(name.inMessage) = \(String(describing: dimension.value).inMessage) (\(origin))"
  }
}
