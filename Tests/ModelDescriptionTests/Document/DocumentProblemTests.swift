import ModelDescription
import PeftBasics
import Testing

@Suite("Problems of documents") struct DocumentProblemTests {
  /// A text, and everything that its error prints.
  struct Refused: CustomTestStringConvertible, Sendable {
    let text: String
    let prints: String
    var testDescription: String { text.debugDescription }
  }

  static let refused: [Refused] = [
    Refused(
      text: "# nothing but a comment\n",
      prints: """
        model.yaml: the file is empty; a mapping of keys to values is expected
          fix: write something like 'name: value', or check that this is the right file
        """),
    Refused(
      text: "a:\n  \tb: 2\n",
      prints: """
        model.yaml:2:3: a tab is used for indentation, which YAML does not allow
            2 |       b: 2
              |   ^~~~
          fix: indent with spaces
        """),
    Refused(
      text: "width: 1\nheads: 2\nwidth: 3\n",
      prints: """
        model.yaml:3:1: the key 'width' is written twice; the first is at line 1
            3 | width: 3
              | ^~~~~
          fix: keep one of the two
        """),
    Refused(
      text: "a: &width 1\nb: *widht\n",
      prints: """
        model.yaml:2:4: no anchor '&widht' comes before this alias
            2 | b: *widht
              |    ^~~~~~
          fix: did you mean '*width'?
        """),
    Refused(
      text: "targets: *proj\n",
      prints: """
        model.yaml:1:10: no anchor '&proj' comes before this alias
            1 | targets: *proj
              |          ^~~~~
          fix: write '&proj' before the value it repeats, or put quotes around text with '*'
        """),
    Refused(
      text: "a: &a [1, *a]\n",
      prints: """
        model.yaml:1:11: the alias '*a' stands inside the value that it repeats
            1 | a: &a [1, *a]
              |           ^~
          fix: write the value out, or move the anchor
        """),
    Refused(
      text: "a: &a {b: 1}\nc:\n  <<: *a\n",
      prints: """
        model.yaml:3:3: merge keys ('<<') are not read
            3 |   <<: *a
              |   ^~
          fix: write the keys out
        """),
    Refused(
      text: "a: 1\n---\nb: 2\n",
      prints: """
        model.yaml:2:1: a second document starts here; the first, at line 1, must be the only one
            2 | ---
              | ^~~
          fix: put it into a file of its own
        """),
    Refused(
      text: "? [a, b]\n: 1\n",
      prints: """
        model.yaml:1:3: a key must be text, but this one is a list
            1 | ? [a, b]
              |   ^
          fix: write a word as the key; '{' and '[' start a value
        """),
    Refused(
      text: "0: cat\n",
      prints: """
        model.yaml:1:1: a key must be text, but this one is a whole number
            1 | 0: cat
              | ^
          fix: put quotes around it
        """),
    Refused(
      text: "name: !!python/object x\n",
      prints: """
        model.yaml:1:7: tags such as '!!python/object' are not read
            1 | name: !!python/object x
              |       ^~~~~~~~~~~~~~~~~
          fix: remove it; put quotes around a value that shall be text
        """),
    Refused(
      text: "%TAG ! tag:example.com,2000:\n---\na: 1\n",
      prints: """
        model.yaml:1:1: '%TAG' directives are not read
            1 | %TAG ! tag:example.com,2000:
              | ^~~~~~~~~~~~~~~~~~~~~~~~~~~~
          fix: remove this line
        """),
  ]

  @Test("Each way a document can be bad has its words, its place and its fix", arguments: refused)
  func prints(_ refused: Refused) {
    #expect(refusal(of: refused.text) == refused.prints)
  }

  @Test("Quoted, the merge key is a key like any other")
  func quotedMergeKey() throws {
    #expect(try scalar("<<", in: "'<<': 1") == .integer(1))
  }

  @Test("Text with control characters cannot steer the terminal")
  func controlCharacters() {
    let printed = refusal(of: "\"\\e[31mred\": 1\n\"\\e[31mred\": 2\n")
    #expect(printed.contains(#"the key '\u{1b}[31mred' is written twice"#))
    #expect(!refusal(of: "a: \u{1B}[31m\n").contains("\u{1B}"))
  }
}
