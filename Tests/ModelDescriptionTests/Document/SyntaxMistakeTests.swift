import ModelDescription
import Testing

@Suite("Syntax mistakes") struct SyntaxMistakeTests {
  @Test(
    "libyaml's words become advice, at the place that needs it",
    arguments: [
      ("a: [1, 2\nb: 3\n", "2:2: ',' or ']' is expected in the list that starts at line 1"),
      ("a: {b: 1\n", "2:1: ',' or '}' is expected in the mapping that starts at line 1"),
      ("a: 'x\n", "1:4: this quote is never closed"),
      ("a: \"x\n---\n", "2:1: a document ends inside a quote that starts at line 1"),
      ("a: 1\nb\nc: 2\n", "2:1: a key needs a ':' after it, on the same line"),
      ("a: b: c\n", "1:5: a ':' is not expected here"),
      ("a: - b\n", "1:4: a '- ' is not expected here"),
      ("- a\nb: 1\n", "2:1: another '- ' of the list that starts at line 1 is expected"),
      ("a:\n  - x\n y: 1\n", "3:2: a key of the mapping that starts at line 1 is expected"),
      ("a: 'it's'\n", "1:8: more text follows a closing quote"),
      ("a: [1, 2]]\n", "1:10: ']' closes nothing"),
      ("{a: 1}}\n", "1:7: the document has ended, but '}' follows"),
      ("a: @x\n", "1:4: a value cannot start with '@'"),
      ("a: ]\n", "1:4: a value is expected, found ']'"),
      ("a: \"\\q\"\n", "1:5: '\\' does not go with 'q'"),
      ("a: \"\\uD800\"\n", "1:7: an escape needs the code of a character"),
      ("a: \u{1}\n", "1:4: a control character stands here"),
      ("%FOO 1\n---\na: 1\n", "1:5: a line that starts with '%' is a directive"),
      ("a: &\n", "1:5: did not find expected alphabetic or numeric character"),
    ])
  func words(text: String, expected: String) {
    let printed = refusal(of: text)
    #expect(printed.hasPrefix("model.yaml:" + expected))
    #expect(printed.contains("\n  fix: "))
  }

  @Test("A missing space after a colon is named, since YAML would read one word")
  func missingSpace() {
    #expect(
      refusal(of: "dimensions: {width:768, heads: 12}\n") == """
        model.yaml:1:14: a space is missing after the ':' in 'width:768'
            1 | dimensions: {width:768, heads: 12}
              |              ^~~~~~~~~
          fix: write 'width: 768'
        """)
  }
}
