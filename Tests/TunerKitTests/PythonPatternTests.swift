import PeftTestSupport
import Testing

@testable import PeftBasics
@testable import TunerKit

@Suite("Python's regular expressions") struct PythonPatternTests {
  /// A pattern, a text, and what Python 3.11 made of them.
  struct Row: Decodable, Sendable, CustomStringConvertible {
    struct Result: Decodable, Sendable {
      let start: Int?
      let end: Int?
      let groups: [String?]?
      let named: [String: String?]?
      let error: Bool?
    }
    let function: String
    let pattern: String
    let text: String
    let result: Result?

    var description: String { "\(function) \(pattern.doubleQuoted) on \(text.doubleQuoted)" }
  }

  @Test("It answers as Python does, or says what it does not understand")
  func agreesWithPython() throws {
    for row in try Fixture.rows("patterns.json", at: "rows", as: Row.self, exactly: 530) {
      check(row)
    }
  }

  private func check(_ row: Row) {
    do throws(PatternError) {
      let pattern = try PythonPattern(row.pattern)
      let match =
        switch row.function {
        case "fullmatch": try pattern.wholeMatch(row.text)
        case "match": try pattern.startMatch(row.text)
        default: try pattern.firstMatch(in: row.text)
        }
      #expect(["fullmatch", "match", "search"].contains(row.function))
      #expect(row.result?.error != true, "\(row): Python refuses it")
      guard let match else {
        #expect(row.result == nil, "\(row): no match")
        return
      }
      let scalars = row.text.unicodeScalars
      let start = scalars.distance(from: scalars.startIndex, to: match.range.lowerBound)
      let end = scalars.distance(from: scalars.startIndex, to: match.range.upperBound)
      #expect(start == row.result?.start, "\(row): start")
      #expect(end == row.result?.end, "\(row): end")
      let groups = match.groups.map { $0.map { String(row.text[$0]) } }
      #expect(groups == row.result?.groups, "\(row): groups")
      for (name, text) in row.result?.named ?? [:] {
        #expect(match[name].map { String(row.text[$0]) } == text, "\(row): group \(name)")
      }
    } catch {
      if case .unsupported = error.reason {
        // Names of characters are the one thing that is not understood.
        #expect(row.pattern.contains(#"\N"#), "\(row): \(error)")
        return
      }
      #expect(row.result?.error == true, "\(row): \(error)")
    }
  }
}

/// What no recorded row can show: bounds, and syntax that only PCRE2 knows.
@Suite("Patterns from strangers") struct HostilePatternTests {
  @Test(
    "A pattern that would take for ever gives up",
    arguments: ["(a+)+$", "(a|aa)+$", "(a|a?)+$", "(?:a*)*$", #"(?:\w|a)*$"#, "(?=(a+)+$)a"])
  func givesUp(pattern: String) throws {
    let compiled = try PythonPattern(pattern)
    let error = #expect(throws: PatternError.self) {
      try compiled.matchesWhole(String(repeating: "a", count: 5_000) + "!a")
    }
    guard case .gaveUp = error?.reason else {
      Issue.record("\(pattern): \(error.debugDescription)")
      return
    }
    #expect(error?.description.contains("gives up") == true)
  }

  @Test("A pattern or a text beyond its limit is refused")
  func limits() throws {
    let many = { (text: String, count: Int) in String(repeating: text, count: count) }
    for pattern in [
      many("a", 20_001), many("(", 101), many("(a)", 101), "a{65536}",
      many("(?:", 90) + "a"
        + many("){1,50}", 90),
    ] {
      let error = #expect(throws: PatternError.self) { try PythonPattern(pattern) }
      guard case .tooLong = error?.reason else {
        Issue.record("\(pattern.prefix(40)): \(error.debugDescription)")
        continue
      }
    }
    let error = #expect(throws: PatternError.self) {
      try PythonPattern("a*").matchesWhole(many("a", 65_537))
    }
    #expect(
      error?.description == """
        the regular expression "a*" gives up on "\(many("a", 80))…": too many ways to match
          fix: avoid a repeat inside a repeat, such as (a+)+
        """)
  }

  @Test(
    "Syntax that Python's re does not know is refused",
    arguments: [
      #"\h"#, #"\K"#, #"\Qa\E"#, #"\R"#, #"\G"#, #"\X"#, #"\C"#, #"\z"#, #"\e"#, "(*ACCEPT)",
      "(*LIMIT_MATCH=9)a", "(*UTF)a", "(?R)", "(?1)", "(?+1)", "(?&n)", "(?P>n)", "(?|a)",
      "(?<n>a)", "(?'n'a)", "(?U)a", "(?J)a", "(?n)a", "(?^)a", "(?^:a)", "(?C1)a", "a(?i)",
      "(?(DEFINE)a)", "(?(R)a)", #"(a)\g1"#, #"\k<n>"#, #"\p{L}"#, "^*", #"\b+"#, "a**",
      "a{2}{3}", "(?<=a|bc)", "(?-1)", "[b-a]", #"[a-\d]"#, "a)", "(a", "[a", #"a\"#, #"(a\1)"#,
    ])
  func refused(pattern: String) {
    let error = #expect(throws: PatternError.self) { try PythonPattern(pattern) }
    guard case .invalid = error?.reason else {
      Issue.record("\(pattern): \(error.debugDescription)")
      return
    }
  }

  @Test("A mistake is told with its place and a fix")
  func words() {
    let error = #expect(throws: PatternError.self) { try PythonPattern(".*(q|v") }
    #expect(
      error?.description == """
        ".*(q|v" is not a regular expression: a ( has no ) (after 2 characters)
          fix: write it in the syntax of Python's re module; a list of names needs none
        """)
  }
}
