/// How much a template may take. Templates come from files that strangers wrote.
package struct TemplateLimits: Sendable {
  /// Expressions and statements that are evaluated, and elements and pieces of text that are handled.
  package var steps = 20_000_000
  /// Bytes of the longest text, the rendered one included.
  package var textBytes = 32 << 20
  /// Bytes of all texts and lists that are made on the way.
  package var madeBytes = 512 << 20
  /// Expressions and statements inside each other, through calls of macros as well.
  package var depth = 400

  package init() {}

  /// Bytes of the longest template.
  static let templateBytes = 1 << 20
  /// Brackets and statements inside each other in a template.
  static let templateDepth = 64
  /// Operators in a row, such as `a ~ b ~ c`, and filters after each other.
  static let templateChain = 250
  /// Lists inside each other in values.
  static let valueDepth = 100
}
