import ModelDescription
import Testing

@Suite("Limits of documents") struct DocumentLimitsTests {
  @Test("Nesting beyond the limit is refused where it goes too deep")
  func nesting() {
    let text = String(repeating: "[", count: 5) + String(repeating: "]", count: 5)
    #expect(refusal(of: text, limits: DocumentLimits(nesting: 5)) == "read a list")
    #expect(
      refusal(of: text, limits: DocumentLimits(nesting: 4)) == """
        model.yaml:1:5: mappings and lists nest deeper than 4 levels here
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
    #expect(refusal(of: text).hasPrefix("model.yaml:64:12: mappings and lists nest deeper"))
  }

  @Test("A billion laughs are refused at the alias that makes them too many")
  func billionLaughs() {
    let text = (1...9).reduce("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n") {
      $0 + "a\($1): &a\($1) [" + Array(repeating: "*a\($1 - 1)", count: 9).joined(separator: ",")
        + "]\n"
    }
    #expect(
      refusal(of: text) == """
        model.yaml:6:18: the alias '*a4' makes the document expand to more than 250000 values
            6 | a5: &a5 [*a4,*a4,*a4,*a4,*a4,*a4,*a4,*a4,*a4]
              |                  ^~~
          fix: repeat less, or write out the values that are needed
        """)
  }

  @Test("More values than the limit are refused")
  func values() {
    #expect(
      refusal(of: "[1, 2, 3]", limits: DocumentLimits(values: 3)) == """
        model.yaml:1:8: the document holds more than 3 values
            1 | [1, 2, 3]
              |        ^
          fix: check that this is the right file; a description is short
        """)
    #expect(refusal(of: "[1, 2, 3]", limits: DocumentLimits(values: 4)) == "read a list")
    #expect(
      refusal(of: "[1]", limits: DocumentLimits(values: 0)).contains("holds more than 0 values"))
  }

  @Test("Megabytes of nonsense are refused or read, not run into")
  func hostileTexts() {
    let outcomes = [
      "&a ": "1:4: the document has ended, but '&' follows",
      "!a ": "1:1: tags such as '!a' are not read",
      "*a ": "1:1: no anchor '&a' comes before this alias",
      "%a\n": "1:3: a line that starts with '%' is a directive, and this one is unknown",
      "%TAG !a! b\n": "1:1: '%TAG' directives are not read",
      "---\n":
        "2:1: a second document starts here; the first, at line 1, must be the only one",
      "? ": "1:3: a key must be text, but this one is a mapping",
      ": ": "1:1: a key of the mapping that starts at line 1 is expected, found ':'",
      "\\": "read text", "- - a\n": "read a list",
      "\"": "1:3: the document has ended, but '\"' follows",
      "\t": "1:1: a tab is used for indentation, which YAML does not allow",
      "[]": "1:3: the document has ended, but '[' follows",
      "[*a,": "1:2: no anchor '&a' comes before this alias",
      "|\n": "2:1: the document has ended, but '|' follows",
      "\u{2028}": " the file is empty; a mapping of keys to values is expected",
      "{\"\u{2028}":
        "1:6: ',' or '}' is expected in the mapping that starts at line 1, found '\\u{2028}'",
      "\"\\uD83D": "1:9: the document has ended, but '\\' follows",
      "[\"a\"\n,": "65:2: mappings and lists nest deeper than 64 levels here",
    ]
    for (piece, outcome) in outcomes {
      let text = String(repeating: piece, count: 200_000 / piece.utf8.count)
      let line = refusal(of: text).prefix { $0 != "\n" }
      #expect(line == (outcome.hasPrefix("read") ? outcome : "model.yaml:\(outcome)"), "\(piece)")
    }
  }
}
