import OrderedCollections
package import PeftBasics

/// The named values of a description, as they were written: in any order, each a value or an
/// expression over others.
///
/// A value without quotes is what it looks like. Text is an expression if it has a `$` in it, or if
/// it stands without quotes, starts like a number and can be read as one: `4 * $width`, `3 * 256`,
/// but `silu` and `'3 * 256'` are text.
package struct Dimensions: Sendable {
  /// How a dimension was set last.
  package struct Setting: Sendable {
    /// What it was set to, with the place; the text of an option is a file of its own.
    package let range: SourceRange
    /// The option that overrode the file, such as "--set".
    package let option: String?
    let expression: Expression
    let node: DocumentNode?
  }

  private var settings: OrderedDictionary<String, Setting> = [:]

  package init() {}

  /// The names in the order they were first defined.
  package var names: [String] { Array(settings.keys) }

  package subscript(name: String) -> Setting? { settings[name] }

  /// Defines a dimension, or gives it another value, as a file that extends another one does.
  package mutating func define(
    _ name: String, as node: DocumentNode, keyRange: SourceRange? = nil
  ) throws(DescriptionError) {
    guard name.unicodeScalars.first?.isNameStart == true,
      name.unicodeScalars.allSatisfy(\.isNamePart)
    else { throw DescriptionError(DimensionProblem.badName(name), at: keyRange ?? node.range) }
    settings[name] = try Self.setting(name, node, option: nil)
  }

  /// Defines a dimension by its value, which came from `range`.
  package mutating func define(_ name: String, as value: DimensionValue, from range: SourceRange) {
    settings[name] = Setting(
      range: range, option: nil, expression: Expression(value, text: "\(value)"), node: nil)
  }

  /// Overrides a dimension that exists, from the text of an option: `--set heads=25`.
  ///
  /// - Parameter option: What messages call the place, such as "--set".
  package mutating func override(
    _ name: String, with text: String, option: String
  ) throws(DescriptionError) {
    let file = SourceFile(path: option, text: "\(name)=\(text)")
    let width = name.unicodeScalars.count
    try check(name, at: SourceRange(file: file, from: 0, to: width))
    let range = SourceRange(
      file: file, from: width + 1, to: width + 1 + text.unicodeScalars.count)
    let node = DocumentNode(
      content: .scalar(Scalar(text: text, isQuoted: false)), range: range)
    settings[name] = try Self.setting(name, node, option: option)
  }

  /// Overrides a dimension that exists, from another file.
  package mutating func override(
    _ entry: DocumentNode.Entry
  ) throws(DescriptionError) {
    try check(entry.key, at: entry.keyRange)
    settings[entry.key] = try Self.setting(entry.key, entry.value, option: nil)
  }

  /// Works out all values.
  ///
  /// - Throws: `DescriptionErrors`, one for each mistake that is not the consequence of another.
  package func values() throws(DescriptionErrors) -> DimensionValues {
    var resolution = DimensionResolution(self)
    return try resolution.values()
  }

  private func check(_ name: String, at range: SourceRange) throws(DescriptionError) {
    guard settings[name] != nil else {
      throw DescriptionError(DimensionProblem.unknownOverride(name, known: names), at: range)
    }
  }

  private static func setting(
    _ name: String, _ node: DocumentNode, option: String?
  ) throws(DescriptionError) -> Setting {
    Setting(
      range: node.range, option: option, expression: try expression(name, node), node: node)
  }

  private static func expression(
    _ name: String, _ node: DocumentNode
  ) throws(DescriptionError) -> Expression {
    guard let scalar = node.scalar else {
      throw DescriptionError(
        DimensionProblem.notAValue(name: name, kind: node.kindName), at: node.range)
    }
    switch scalar.value {
    case .null:
      throw DescriptionError(
        DimensionProblem.notAValue(name: name, kind: node.kindName), at: node.range)
    case .tooLarge(let text):
      throw DescriptionError(DimensionProblem.tooLarge(text), at: node.range)
    case .bool(let value): return Expression(.boolean(value), text: scalar.text)
    case .integer(let value): return Expression(.integer(value), text: scalar.text)
    case .number(let value): return Expression(.number(value), text: scalar.text)
    case .string(let text):
      guard Expression.isMeant(by: scalar) else { return Expression(.text(text), text: text) }
      do throws(ExpressionError) {
        return try Expression(text)
      } catch {
        throw error.inText(of: node)
      }
    }
  }
}
