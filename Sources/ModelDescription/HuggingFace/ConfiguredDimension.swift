import PeftBasics

/// A dimension and the place in a configuration that set it.
struct ConfiguredDimension {
  enum Content {
    case value(DimensionValue)
    /// What the family's description says, perhaps an expression.
    case written(DocumentNode)
  }

  let name: String
  let content: Content
  let range: SourceRange

  init(name: String, asWritten node: DocumentNode, range: SourceRange) {
    self.name = name
    content = .written(node)
    self.range = range
  }

  init(name: String, value: DimensionValue, range: SourceRange) {
    self.name = name
    content = .value(value)
    self.range = range
  }

  init(name: String, node: DocumentNode, range: SourceRange) throws {
    let value: DimensionValue
    switch node.scalar?.value {
    case .integer(let number)?: value = .integer(number)
    case .number(let number)?: value = .number(number)
    case .bool(let flag)?: value = .boolean(flag)
    case .string(let text)?: value = .text(text)
    default:
      throw DescriptionError(
        StepProblem.wrongKind(expected: "a number, text, true or false", found: node.kindName),
        at: node.range)
    }
    self.init(name: name, value: value, range: range)
  }

  /// What the field says, to be compared with others; nil where it leaves the dimension as it is.
  var stated: DimensionValue? {
    guard case .value(let value) = content else { return nil }
    return value.exactInteger.map { .integer($0) } ?? value
  }
}
