import Testing

@testable import ModelDescription

@Suite("Templates") struct TemplateTests {
  static let names: [String: DimensionValue] = ["index": .integer(3), "prefix": .text("model")]

  private func value(_ text: String) throws -> String {
    try Template(text).evaluate { Self.names[$0] }
  }

  @Test("Names and expressions are put into text")
  func interpolation() throws {
    #expect(try value("layer.$index") == "layer.3")
    #expect(try value("$prefix.layers.$index.q_proj") == "model.layers.3.q_proj")
    #expect(try value("é.${$index + 1}.${'}'}x") == "é.4.}x")
    #expect(try value("costs $$5, $$index") == "costs $5, $index")
    #expect(try value("") == "")
    #expect(try Template("plain").isConstant)
    #expect(try !Template("$index").isConstant)
    #expect(try Template("$a.${$b + $a}").names == ["a", "b"])
  }

  @Test(
    "Mistakes are placed in the whole text",
    arguments: [
      ("layer.$inxed", 6..<12, "no dimension is called 'inxed'"),
      ("é.${$index + }", 13..<13, "found the end of the expression, expected a number"),
      ("a.${$index", 2..<10, "found the end of the text, expected '}' for the '${'"),
      ("a.$", 2..<3, "found the end of the expression after '$', expected a name"),
      ("a.$.b", 2..<3, "found the end of the expression after '$', expected a name"),
      ("x${1 / 0}", 3..<8, "1 / 0 divides by zero"),
    ])
  func mistakes(text: String, range: Range<Int>, message: String) throws {
    let error = #expect(throws: ExpressionError.self) { try value(text) }
    guard case .here(let problem, let characters)? = error else {
      Issue.record("no problem of its own")
      return
    }
    #expect(problem.problem.hasPrefix(message))
    #expect(characters == range)
  }

  @Test("A cache gives what parsing gives")
  func cache() throws {
    var cache = ExpressionCache()
    for _ in 0..<2 {
      #expect(try cache.expression("1 + 2") == Expression("1 + 2"))
      #expect(try cache.template("a.$index") == Template("a.$index"))
    }
    let error = #expect(throws: ExpressionError.self) { try cache.expression("1 +") }
    guard case .here(let problem, let characters)? = error else {
      Issue.record("no problem of its own")
      return
    }
    #expect(
      problem.problem == "found the end of the expression, expected a number, '$name' or '('")
    #expect(characters == 3..<3)
  }
}
