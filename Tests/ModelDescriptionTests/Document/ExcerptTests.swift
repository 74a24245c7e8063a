import Testing

@testable import ModelDescription
@testable import PeftBasics

@Suite("Excerpts") struct ExcerptTests {
  private func print(_ text: String, from start: Int, to end: Int, note: String? = nil) -> String {
    let file = SourceFile(path: "model.yaml", text: text)
    let range = SourceRange(file: file, from: start, to: end)
    return Excerpt(range, note: note).lines.joined(separator: "\n")
  }

  @Test("An error prints its place, its line, its mark with a note, and its fix")
  func wholeError() {
    let file = SourceFile(path: "gpt2.yaml", text: "a\nattention: {heads: $heads, causal: true}\n")
    let range = SourceRange(file: file, from: 14, to: 19)
    let error = DescriptionError(
      DocumentProblem.duplicateKey("heads", firstLine: 4), at: range, note: "heads = 25")
    let expected = """
      gpt2.yaml:2:13: the key 'heads' is written twice; the first is at line 4
          2 | attention: {heads: $heads, causal: true}
            |             ^~~~~ heads = 25
        fix: keep one of the two
      """
    #expect(error.description == expected)
    #expect(DescriptionErrors([error, error]).description == expected + "\n" + expected)
  }

  @Test("Tabs, wide characters and accents keep the mark under what it means")
  func widths() {
    #expect(print("\ta: x", from: 1, to: 2) == "    1 |     a: x\n      |     ^")
    #expect(print("日本: x", from: 4, to: 5) == "    1 | 日本: x\n      |       ^")
    #expect(print("日本: x", from: 0, to: 2) == "    1 | 日本: x\n      | ^~~~")
    #expect(print("e\u{301}: x", from: 4, to: 5) == "    1 | e\u{301}: x\n      |    ^")
  }

  @Test("A range over several lines marks the first one; an empty one, its place")
  func severalLines() {
    #expect(print("a: [1,\n2]\n", from: 3, to: 9) == "    1 | a: [1,\n      |    ^~~")
    #expect(print("a:\n", from: 2, to: 2) == "    1 | a:\n      |   ^")
    #expect(print("a", from: 90, to: 100) == "    1 | a\n      |  ^")
  }

  @Test("A long line is cut around the mark", arguments: [0, 50, 150, 500, 995])
  func longLines(start: Int) {
    let text = String(repeating: "abcdefghij", count: 100)
    let lines = print(text, from: start, to: start + 5).split(separator: "\n")
    let line = Array(lines[0])
    let mark = Array(lines[1])
    #expect(line.count <= 8 + 102)
    #expect(line.contains("…"))
    #expect(mark.suffix(5) == ["^", "~", "~", "~", "~"])
    #expect(line[mark.count - 5] == (start % 10 == 0 ? "a" : "f"))
  }

  @Test("Lines beyond 99999 keep their gutter straight")
  func manyLines() {
    let text = String(repeating: "\n", count: 123_455) + "a"
    #expect(print(text, from: 123_455, to: 123_456) == "123456 | a\n       | ^")
  }
}
