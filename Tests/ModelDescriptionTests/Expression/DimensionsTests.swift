import ModelDescription
import PeftBasics
import Testing

@Suite("Dimensions") struct DimensionsTests {
  /// The dimensions of a text, which is a mapping.
  private func dimensions(_ text: String) throws -> Dimensions {
    let node = try DocumentReader.read(text: text, path: "model.yaml")
    var dimensions = Dimensions()
    for entry in try #require(node.entries) {
      try dimensions.define(entry.key, as: entry.value, keyRange: entry.keyRange)
    }
    return dimensions
  }

  private func refusal(_ text: String) -> String {
    do {
      return "values of \(try dimensions(text).values().names)"
    } catch {
      return "\(error)"
    }
  }

  @Test("Dimensions may be written in any order, and keep it")
  func order() throws {
    let values = try dimensions(
      """
      inner: 4 * $width
      width: $heads * $head
      heads: 12
      head: 128 // 2
      act: silu
      size: '3 * 256'
      epsilon: 1e-5
      causal: true
      gated: $act == 'silu'
      dotted: 4-bit
      """
    ).values()
    #expect(
      values.names == [
        "inner", "width", "heads", "head", "act", "size", "epsilon", "causal", "gated", "dotted",
      ])
    #expect(values["inner"] == .integer(3072))
    #expect(values["head"] == .integer(64))
    #expect(values["act"] == .text("silu"))
    #expect(values["size"] == .text("3 * 256"))
    #expect(values["epsilon"] == .number(1e-5))
    #expect(values["gated"] == .boolean(true))
    #expect(values["dotted"] == .text("4-bit"))
    #expect(values["nothing"] == nil)
  }

  @Test("A value knows where it was set")
  func origins() throws {
    var dimensions = try dimensions("width: 768\nheads: 12\ninner: 4 * $width\n")
    let other = try DocumentReader.read(text: "heads: 25", path: "config.json")
    try dimensions.override(try #require(other.entry("heads")))
    try dimensions.override("width", with: "2 * 800", option: "--set")
    let values = try dimensions.values()
    let file = try #require(values.dimension("inner")?.range.file)
    #expect(values.note(about: "inner", in: file) == "inner = 6400 (set at line 3)")
    #expect(values.note(about: "heads", in: file) == "heads = 25 (set at config.json:1:8)")
    #expect(values.note(about: "width", in: file) == "width = 1600 (set by --set)")
    #expect(values.note(about: "other", in: file) == nil)
  }

  @Test("Only what exists can be overridden")
  func overrides() throws {
    var dimensions = try dimensions("width: 768\nheads: 12\n")
    let unknown = #expect(throws: DescriptionError.self) {
      try dimensions.override("haeds", with: "25", option: "--set")
    }
    #expect(
      unknown?.description == """
        --set:1:1: there is no dimension 'haeds' that could be set
            1 | haeds=25
              | ^~~~~
          fix: did you mean 'heads'?
        """)
    let other = #expect(throws: DescriptionError.self) {
      try dimensions.override("layers", with: "25", option: "--set")
    }
    #expect(other?.fix == "set one of: width, heads")
    let bad = #expect(throws: DescriptionError.self) {
      try dimensions.override("heads", with: "2 * $", option: "--set")
    }
    #expect(bad?.range?.location.description == "--set:1:11")
  }

  @Test("A cycle is reported once, with its chain")
  func cycles() {
    #expect(
      refusal("a: 1\nb: $c\nc: 2 * $d\nd: $b + $a\ne: $d\n") == """
        model.yaml:2:4: these dimensions are defined by each other: b → c → d → b
            2 | b: $c
              |    ^~
          fix: give one of them a value of its own
        """)
    #expect(refusal("a: $a\n").contains("defined by each other: a → a"))
  }

  @Test("All mistakes that do not follow from another are reported together")
  func severalMistakes() {
    #expect(
      refusal("width: 768\na: $widht * 2\nb: $a\nc: 'x' \nd: 1 + $c\ne: 1 / $d\n") == """
        model.yaml:2:4: no dimension is called 'widht'
            2 | a: $widht * 2
              |    ^~~~~~
          fix: did you mean '$width'?
        model.yaml:5:4: cannot add 1 and text 'x'
            5 | d: 1 + $c
              |    ^~~~~~
          fix: use values of a kind that fits; text can be compared with '==' and '!='
        """)
  }

  @Test(
    "What cannot be a dimension says why",
    arguments: [
      ("a: [1]\n", "the dimension 'a' is a list; a number, true or false, or text is expected"),
      ("a: ~\n", "the dimension 'a' is nothing; a number, true or false, or text is expected"),
      ("a: 99999999999999999999\n", "99999999999999999999 is too large for a number"),
      ("d-model: 1\n", "'d-model' cannot be the name of a dimension"),
    ])
  func refused(text: String, message: String) {
    #expect(refusal(text).contains(": " + message))
  }

  @Test("A chain as long as a file is worked out without recursion")
  func longChain() throws {
    let count = 5_000
    let text = (0..<count).map { "a\($0): $a\($0 + 1) + 1\n" }.joined() + "a\(count): 0\n"
    #expect(try dimensions(text).values()["a0"] == .integer(count))
    let cycle = (0..<count).map { "a\($0): $a\(($0 + 1) % count)\n" }.joined()
    #expect(refusal(cycle).contains("a0 → a1 → a2"))
  }
}
