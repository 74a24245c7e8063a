import Testing

@testable import PeftBasics

@Suite("Spelling") struct SpellingTests {
  static let known = ["linear", "layer_norm", "dropout", "split", "add"]

  @Test(
    "The nearest word is found through a slip",
    arguments: [
      ("linaer", "linear"), ("liner", "linear"), ("lineear", "linear"), ("Linear", "linear"),
      ("layernorm", "layer_norm"), ("ad", "add"), ("spilt", "split"), ("LAYER_NROM", "layer_norm"),
    ])
  func slips(word: String, expected: String) {
    #expect(Spelling.nearest(to: word, among: SpellingTests.known) == expected)
  }

  @Test(
    "Words too far off, empty or endless give nothing",
    arguments: ["", "attention", "lnr", "xy", String(repeating: "linear", count: 100_000)])
  func noSlip(word: String) {
    #expect(Spelling.nearest(to: word, among: SpellingTests.known) == nil)
  }

  @Test("The word itself is no suggestion, and of equals the first one wins")
  func choices() {
    #expect(Spelling.nearest(to: "add", among: ["add"]) == nil)
    #expect(Spelling.nearest(to: "adx", among: ["ada", "adb"]) == "ada")
    #expect(Spelling.nearest(to: "q_prjo", among: ["q_pj", "q_proj"]) == "q_proj")
  }

  @Test("Endless words of like length are not compared")
  func bounded() {
    let (a, b) = (String(repeating: "a", count: 1 << 20), String(repeating: "b", count: 1 << 20))
    #expect(Spelling.nearest(to: a, among: [b]) == nil)
  }

  @Test(
    "Edits are insertions, deletions, substitutions and swaps of neighbours",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "acb", 1), ("ba", "ab", 1),
      ("abc", "bca", 2),
      ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
  func distance(a: String, b: String, expected: Int) {
    #expect(Spelling.editDistance(Array(a.utf8), Array(b.utf8)) == expected)
  }
}
