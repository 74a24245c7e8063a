import PeftBasics
import Testing

@testable import ModelDescription

@Suite("Expressions") struct ExpressionTests {
  static let names: [String: DimensionValue] = [
    "width": .integer(768), "heads": .integer(12), "rate": .number(0.5), "causal": .boolean(true),
    "activation": .text("silu"), "most": .integer(.max), "least": .integer(.min),
  ]

  private func value(_ text: String) throws -> DimensionValue {
    try Expression(text).evaluate { Self.names[$0] }
  }

  /// The message about a text, with the part of it that is meant and the fix.
  private func refusal(_ text: String) -> String {
    do throws(ExpressionError) {
      let value = try Expression(text).evaluate(known: Self.names.keys.sorted()) { Self.names[$0] }
      return "gave \(value)"
    } catch {
      guard case .here(let problem, let characters) = error else { return "elsewhere" }
      let part = String(
        String.UnicodeScalarView(Array(text.unicodeScalars)[characters]))
      return "[\(part)] \(problem.problem); \(problem.fix ?? "no fix")"
    }
  }

  @Test("Arithmetic keeps whole numbers whole as far as it can")
  func arithmetic() throws {
    let results: [(String, DimensionValue)] = [
      ("768", .integer(768)), ("1e-5", .number(1e-5)), (".5", .number(0.5)),
      ("'a b'", .text("a b")),
      ("$width", .integer(768)), ("3 * $width", .integer(2304)), ("$width/$heads", .integer(64)),
      ("768 / 5", .number(153.6)), ("768 // 5", .integer(153)), ("-7 // 2", .integer(-4)),
      ("7 // -2", .integer(-4)), ("-7 % 3", .integer(2)), ("7 % -3", .integer(-2)),
      ("7.5 // 2", .number(3)), ("-7.5 % 2", .number(0.5)), ("2 + 3 * 4", .integer(14)),
      ("(2 + 3) * 4", .integer(20)), ("10 - 4 - 3", .integer(3)), ("-2 * -3", .integer(6)),
      ("- -2", .integer(2)), ("-(2 + 3)", .integer(-5)), ("$width * $rate", .number(384)),
      ("min(3, 1, 2)", .integer(1)), ("max(1, 2.5)", .number(2.5)), ("ceil(7 / 2)", .integer(4)),
      ("floor(-7 / 2)", .integer(-4)), ("ceil(3)", .integer(3)), ("sqrt(16)", .integer(4)),
      ("entry('4 5.5 true', 1)", .number(5.5)), ("entry('0 1 1', 2 - 2)", .integer(0)),
      ("count('3 4 6 3')", .integer(4)), ("count('')", .integer(0)), ("count(7)", .integer(1)),
      ("sqrt(2.25)", .number(1.5)), ("8 * (2 * 4 * $width // 3 // 8)", .integer(2048)),
    ]
    for (text, result) in results { #expect(try value(text) == result, "\(text)") }
  }

  @Test("Comparisons and conditions give true or false")
  func conditions() throws {
    let results = [
      ("1 < 2", true), ("2 <= 1", false), ("1 == 1.0", true), ("$heads != 12", false),
      ("$activation == 'silu'", true), ("$causal == false", false), ("not $causal", false),
      ("not 1 > 2 and 3 >= 3", true), ("true or 1 / 0 == 1", true), ("false and 1 / 0 == 1", false),
      ("false or true and false", false), ("1 + 1 == 2", true),
    ]
    for (text, result) in results { #expect(try value(text) == .boolean(result), "\(text)") }
  }

  @Test(
    "A mistake is underlined and explained",
    arguments: [
      ("$widht * 2", "[$widht] no dimension is called 'widht'; did you mean '$width'?"),
      (
        "2 * $x",
        "[$x] no dimension is called 'x'; define it under 'dimensions', or use one of: activation, "
          + "causal, heads, least, most, rate, width"
      ),
      ("1 + 4 / 0", "[4 / 0] 4 / 0 divides by zero; choose a divisor other than 0"),
      ("1.5 % 0", "[1.5 % 0] 1.5 % 0.0 divides by zero; choose a divisor other than 0"),
      (
        "$most + 1", "[$most + 1] 9223372036854775807 + 1 is too large; choose smaller numbers"
      ),
      (
        "$least // -1",
        "[$least // -1] -9223372036854775808 // -1 is too large; choose smaller numbers"
      ),
      ("-$least", "[-$least] -(-9223372036854775808) is too large; choose smaller numbers"),
      (
        "99999999999999999999",
        "[99999999999999999999] 99999999999999999999 is too large; choose smaller numbers"
      ),
      ("floor(1e300)", "[floor(1e300)] floor(1e+300) is too large; choose smaller numbers"),
      ("1e300 * 1e300", "[1e300 * 1e300] 1e+300 * 1e+300 is too large; choose smaller numbers"),
      (
        "$activation + 3",
        "[$activation + 3] cannot add text 'silu' and 3; use values of a kind that fits; text can "
          + "be compared with '==' and '!='"
      ),
      (
        "1 and true",
        "[1 and true] 'and' needs true or false, found 1; use values of a kind that fits; text can "
          + "be compared with '==' and '!='"
      ),
      (
        "entry('1 2', 2)",
        "[entry('1 2', 2)] there is no entry 2 in a list of 2, counted from 0; make the list as long "
          + "as it is read: one entry a layer, for example"
      ),
      (
        "sqrt(0 - 4)",
        "[sqrt(0 - 4)] the square root of -4 is not a number; choose a number that is not negative"
      ),
      (
        "ceil(1, 2)",
        "[ceil(1, 2)] ceil() takes one number, but 2 are given; put the arguments between the "
          + "parentheses, with ',' between them"
      ),
      (
        "",
        "[] found the end of the expression, expected a number, '$name' or '('; write something "
          + "like '3 * $width'"
      ),
      (
        "3 * (1 + 2",
        "[] found the end of the expression, expected ')' for the '(' before it; write something "
          + "like '3 * $width'"
      ),
      (
        "3 $width",
        "[$width] found '$width', expected an operator or the end; write something like '3 * $width'"
      ),
      ("1 = 1", "[=] found '=', expected an operator or the end; compare with '=='"),
      (
        "flor(1)",
        "[flor] found the word 'flor', expected a number or '$name'; did you mean 'floor'?"
      ),
      (
        "width",
        "[width] found the word 'width', expected a number or '$name'; write '$width' for "
          + "a dimension, or put quotes around text"
      ),
      ("12b", "[12b] found '12b', expected a number; put quotes around text"),
      (
        "3 * $",
        "[$] found the end of the expression after '$', expected a name; write '$' and a "
          + "dimension's name, such as '$width'"
      ),
      (
        "'silu",
        "['silu] found the end of the expression, expected a closing \"'\"; put a \"'\" "
          + "behind the text"
      ),
    ])
  func mistakes(text: String, message: String) {
    #expect(refusal(text) == message)
  }

  @Test("Depth and length are limited, however an expression nests")
  func limits() {
    let deep = [
      String(repeating: "(", count: 4000), String(repeating: "-", count: 4000),
      String(repeating: "not ", count: 1000), String(repeating: "min(", count: 1000),
      Array(repeating: "1", count: 2000).joined(separator: "+"),
    ]
    for text in deep {
      #expect(refusal(text).contains("the expression nests deeper than 64 levels; split it"))
    }
    #expect(
      refusal(String(repeating: "1 ", count: 100_000))
        .contains("the expression is longer than 4096 characters"))
    #expect(refusal(Array(repeating: "1", count: 60).joined(separator: "+")) == "gave 60")
  }

  @Test("A whole number is asked for with the calculation shown")
  func integers() throws {
    func integer(_ text: String) -> String {
      do throws(ExpressionError) {
        return "\(try Expression(text).evaluateInteger { Self.names[$0] })"
      } catch {
        guard case .here(let problem, _) = error else { return "elsewhere" }
        return problem.problem
      }
    }
    #expect(integer("$width") == "768")
    #expect(integer("$width * $rate") == "384")
    #expect(integer("$width / 5") == "768 / 5 = 153.6 is not a whole number")
    #expect(integer("$rate") == "$rate = 0.5 is not a whole number")
    #expect(integer("0.5") == "0.5 is not a whole number")
    #expect(integer("$activation") == "found text 'silu', expected a whole number")
  }

  @Test("An expression lists the names it reads")
  func names() throws {
    #expect(try Expression("$b + min($a, -$b) == 1 and not $c").names == ["b", "a", "c"])
  }
}
