import PeftBasics
import Testing

@Suite("Patterns within limits") struct PatternMatcherTests {
  private func outcome(
    _ pattern: String, _ text: String, _ extent: PatternMatcher.Extent, steps: UInt32 = 1000,
    at start: Int = 0, isMachineCode: Bool = false
  ) throws -> String {
    let compiled = try CompiledPattern(pattern, isMachineCode: isMachineCode)
    guard let matcher = PatternMatcher(compiled, groups: 1, kilobytes: 1024) else {
      return "no memory"
    }
    return Array(text.utf8).withUnsafeBufferPointer {
      switch matcher.match($0, at: start, extent, steps: steps) {
      case .match:
        "\(matcher.start)..<\(matcher.end) \(matcher.range(ofGroup: 1).map { "\($0)" } ?? "-")"
      case .noMatch: "no match"
      case .outOfSteps: "out of steps"
      case .gaveUp: "gave up"
      }
    }
  }

  @Test("A match covers what it is asked to, and knows its groups", arguments: [false, true])
  func extent(isMachineCode: Bool) throws {
    for (extent, expected) in [
      (PatternMatcher.Extent.anywhere, "2..<4 3..<4"), (.fromStart, "no match"),
      (.whole, "no match"),
    ] {
      #expect(try outcome("é?b(c)", "aabcd", extent, isMachineCode: isMachineCode) == expected)
    }
    let from = try outcome("b(c)|x", "aabcd", .fromStart, at: 2, isMachineCode: isMachineCode)
    #expect(from == "2..<4 3..<4")
    #expect(try outcome("b(c)|x", "x", .whole, isMachineCode: isMachineCode) == "0..<1 -")
  }

  @Test("A match that takes too many steps ends", arguments: [false, true])
  func steps(isMachineCode: Bool) throws {
    let text = String(repeating: "a", count: 30)
    let bounded = try outcome(
      "(?:a|aa)+$", text + "b", .fromStart, isMachineCode: isMachineCode)
    #expect(bounded == "out of steps")
    #expect(try outcome("(a+)", text, .whole, isMachineCode: isMachineCode) == "0..<30 0..<30")
  }

  @Test("PCRE2 says what it has against a pattern")
  func problem() {
    let problem = #expect(throws: CompiledPattern.Problem.self) { try CompiledPattern("(a") }
    #expect(problem?.message == "missing closing parenthesis")
  }
}
