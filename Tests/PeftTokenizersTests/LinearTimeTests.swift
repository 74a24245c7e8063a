import Foundation
import PeftTestSupport
import Testing

@testable import PeftTokenizers

@Suite("Normalising runs of marks") struct LinearTimeTests {
  /// Characters that order, join, and do not, all of them in Unicode 9.
  private static let alphabet: [Unicode.Scalar] = [
    "e", "a", "\u{E9}", "\u{1EC7}", "\u{301}", "\u{301}", "\u{323}", "\u{315}", "\u{5AE}",
    "\u{302}", "\u{345}", "\u{1100}", "\u{1161}", "\u{11A8}", "\u{AC00}", "\u{3131}", "\u{314F}",
    "\u{FF76}",
    "\u{FF9E}", "\u{3099}", "\u{304B}", "\u{9BE}", "\u{9C7}", "\u{958}", "\u{93C}", "\u{FB01}",
    "\u{1F642}", "\u{FE0F}", "\u{A8}", "\u{FDFA}", "\u{212B}",
  ]

  @Test("Forms are those of Foundation", arguments: [UnicodeForm.nfc, .nfd, .nfkc, .nfkd])
  func forms(form: UnicodeForm) {
    var numbers = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...12, using: &numbers) {
        text.unicodeScalars.append(Self.alphabet.randomElement(using: &numbers)!)
      }
      let found = String(decoding: form.normalized(AlignedText(text.utf8)).bytes, as: UTF8.self)
      // Foundation orders the marks that compatibility forms are made of, and joins syllables, only in
      // texts that are decomposed already.
      let compatible = form.isCompatible ? text.decomposedStringWithCompatibilityMapping : text
      let decomposed = compatible.decomposedStringWithCanonicalMapping
      let expected =
        form.isComposed ? decomposed.precomposedStringWithCanonicalMapping : decomposed
      #expect(
        found.isSame(as: expected), "\(form) of \(text.unicodeScalars.map(\.value)) is \(found)")
    }
  }

  @Test("A mark keeps its place in the text when it moves, and what is joined covers its parts")
  func origins() {
    func ranges(_ form: UnicodeForm, _ text: String) -> [Range<Int>] {
      let result = form.normalized(AlignedText(text.utf8))
      var ranges: [Range<Int>] = []
      result.forEachScalar { _, range in ranges.append(result.origin(of: range)) }
      return ranges
    }
    #expect(ranges(.nfd, "e\u{301}\u{323}") == [0..<1, 3..<5, 1..<3])
    #expect(ranges(.nfc, "e\u{301}\u{323}") == [0..<5, 1..<3])
    #expect(ranges(.nfd, "\u{E9}x") == [0..<2, 0..<2, 2..<3])
  }

  /// A hundred times the marks take a thousand times as long at most; ten thousand times where the time
  /// grows with their square.
  @Test(
    "Time grows with the length of the text",
    arguments: ["bert-uncased", "nfkd-strip", "qwen", "clip"],
    ["\u{301}\u{323}", "\u{3131}", "\u{1F469}\u{200D}"])
  func linear(name: String, unit: String) throws {
    let tokenizer = try Tokenizer(fixture: name)
    func time(_ count: Int) throws -> Duration {
      let text = "e" + String(repeating: unit, count: count)
      return try ContinuousClock().measure { _ = try tokenizer.encode(text) }
    }
    let short = try (0..<3).map { _ in try time(250) }.min()
    let long = try time(25_000)
    #expect(long < (short ?? .zero) * 1000 + .seconds(2))
  }
}
