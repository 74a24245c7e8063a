import ModelDescription
import Testing

@Suite("Limits of documents") struct DocumentLimitsTests {
  @Test("Nesting beyond the limit is refused where it goes too deep")
  func nesting() {
    let text = String(repeating: "[", count: 5) + String(repeating: "]", count: 5)
    #expect(refusal(of: text, limits: DocumentLimits(nesting: 5)) == "read a list")
    #expect(
      refusal(of: text, limits: DocumentLimits(nesting: 4)) == """
        model.yaml:1:5: error: mappings and lists nest deeper than 4 levels here
            1 | [[[[[]]]]]
              |     ^
          fix: check for brackets that are never closed, or nest less
        """)
  }

  @Test(
    "Ten thousand levels are refused like sixty-five, in every style",
    arguments: ["[", "[\n", "{\"a\":", "- "])
  func hostileNesting(level: String) {
    expectTooDeep(String(repeating: level, count: 10_000))
  }

  @Test("A thousand indented levels are refused like sixty-five")
  func hostileIndentation() {
    expectTooDeep((0..<1_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined())
  }

  private func expectTooDeep(_ text: String) {
    #expect(refusal(of: text).contains("nest deeper than 64 levels"))
    let most = DocumentLimits(nesting: .max)
    #expect(refusal(of: text, limits: most).contains("nest deeper than 512 levels"))
  }

  @Test("Aliases cannot build deeper than the limit either")
  func nestingByAliases() {
    let text = (1...100).reduce("a0: &a0 [x]\n") { $0 + "a\($1): &a\($1) [*a\($1 - 1)]\n" }
    #expect(refusal(of: text).hasPrefix("model.yaml:64:12: error: mappings and lists nest deeper"))
  }

  @Test("A billion laughs are refused at the alias that makes them too many")
  func billionLaughs() {
    let text = (1...9).reduce("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n") {
      $0 + "a\($1): &a\($1) [" + Array(repeating: "*a\($1 - 1)", count: 9).joined(separator: ",")
        + "]\n"
    }
    #expect(
      refusal(of: text) == """
        model.yaml:6:18: error: the alias '*a4' makes the document expand to more than 250000 values
            6 | a5: &a5 [*a4,*a4,*a4,*a4,*a4,*a4,*a4,*a4,*a4]
              |                  ^~~
          fix: repeat less, or write out the values that are needed
        """)
  }

  @Test("More values than the limit are refused")
  func values() {
    #expect(
      refusal(of: "[1, 2, 3]", limits: DocumentLimits(values: 3)) == """
        model.yaml:1:8: error: the document holds more than 3 values
            1 | [1, 2, 3]
              |        ^
          fix: check that this is the right file; a description is short
        """)
    #expect(refusal(of: "[1, 2, 3]", limits: DocumentLimits(values: 4)) == "read a list")
    #expect(refusal(of: "[1]", limits: DocumentLimits(values: .min)).contains("more than"))
  }

  @Test("Megabytes of nonsense are refused or read, not run into")
  func hostileTexts() {
    let pieces = [
      "&a ", "!a ", "*a ", "%a\n", "%TAG !a! b\n", "---\n", "? ", ": ", "\\", "\"", "\t", "[]",
      "[*a,", "|\n", "\u{2028}", "{\"\u{2028}", "\"\\uD83D", "- - a\n", "[\"a\"\n,",
    ]
    for piece in pieces {
      let text = String(repeating: piece, count: 200_000 / piece.utf8.count)
      #expect(!refusal(of: text).isEmpty)
    }
  }
}
