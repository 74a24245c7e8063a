/// Parses every text once, however often a repeated step reads it.
package struct ExpressionCache: Sendable {
  private var expressions: [String: Expression] = [:]
  private var templates: [String: Template] = [:]

  package init() {}

  package mutating func expression(_ text: String) throws(ExpressionError) -> Expression {
    if let expression = expressions[text] { return expression }
    let expression = try Expression(text)
    expressions[text] = expression
    return expression
  }

  package mutating func template(_ text: String) throws(ExpressionError) -> Template {
    if let template = templates[text] { return template }
    let template = try Template(text)
    templates[text] = template
    return template
  }
}
