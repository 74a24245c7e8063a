import PeftBasics
import Testing

@Suite("Text in messages") struct MessageTextTests {
  @Test("Control characters are spelled out, and nothing else is changed")
  func printable() {
    #expect("a\u{1B}[31m\nb\u{202E}".printable == #"a\u{1b}[31m\u{a}b\u{202e}"#)
    #expect("é×\\\"'".printable == "é×\\\"'")
  }

  @Test("A text is cut after its last character that has room, however many bytes it takes")
  func cut() {
    #expect(String(repeating: "é", count: 120).shown == String(repeating: "é", count: 120))
    #expect(String(repeating: "é", count: 121).shown == String(repeating: "é", count: 120) + "…")
    #expect("abc".shown(upTo: 3) == "abc")
    #expect("abcd".shown(upTo: 3) == "abc…")
    #expect("\n\n".shown(upTo: 1) == #"\u{a}…"#)
  }

  @Test("Quotation marks stand around what is left")
  func quoted() {
    #expect("h.0".quoted == "'h.0'")
    #expect("(a+)+$".doubleQuoted == "\"(a+)+$\"")
    #expect("abcd".inQuotes("`", upTo: 2) == "`ab…`")
  }

  @Test("A list names the first, and counts the rest")
  func listed() {
    #expect(["a", "b"].listed(upTo: 2) == "a, b")
    #expect(["a", "b", "c"].listed(upTo: 2) == "a, b and 1 more")
    #expect([String](repeating: "x", count: 1235).listed(upTo: 1) == "x and 1,234 more")
  }

  @Test("A text for a terminal keeps its lines, and spells out what would talk to the terminal")
  func printableText() {
    let text = "a\tb\r\nc\n\u{1B}]0;x\u{7}\u{9B}1m\u{202E}\rd👩\u{200D}👧"
    #expect(
      text.printableText()
        == "a\tb\r\nc\n\\u{1b}]0;x\\u{7}\\u{9b}1m\\u{202e}\\u{d}d👩\u{200D}👧")
    let styled = "\u{1B}[1mname\u{1B}[0m \u{1B}[2J"
    #expect(
      styled.printableText(keeping: ["\u{1B}[1m", "\u{1B}[0m"])
        == "\u{1B}[1mname\u{1B}[0m \\u{1b}[2J")
  }
}
