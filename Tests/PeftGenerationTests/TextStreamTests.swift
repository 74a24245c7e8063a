import PeftTokenizers
import Testing

@testable import PeftGeneration

@Suite("Text as it is made") struct TextStreamTests {
  /// The pieces of a text whose tokens are its bytes.
  private func pieces(
    _ text: String, stopTexts: [String] = []
  ) throws -> (pieces: [String], isStopped: Bool) {
    var stream = TextStream(.bytes, stopTexts: stopTexts)
    var pieces: [String] = []
    for byte in text.utf8 where !stream.isStopped { pieces.append(try stream.append(Int(byte))) }
    return (pieces + [try stream.finish()], stream.isStopped)
  }

  @Test(
    "No character comes in halves, and none is lost",
    arguments: ["plain", "é", "naïve café", "日本語", "👍🏽 yes", "👨‍👩‍👧 family", "a\u{301}", "\u{FFFD}"])
  func characters(text: String) throws {
    let found = try pieces(text).pieces
    #expect(found.joined() == text)
    for piece in found.dropLast() {
      #expect(!piece.contains("\u{FFFD}") && !piece.hasSuffix("\u{200D}"))
    }
  }

  @Test("Half a character at the end is told as such")
  func half() throws {
    var stream = TextStream(.bytes, stopTexts: [])
    var text = ""
    for byte in "a👍".utf8.dropLast() { text += try stream.append(Int(byte)) }
    #expect(text == "a")
    #expect(try stream.finish().allSatisfy { $0 == "\u{FFFD}" })
  }

  @Test("A stop text ends the answer, also where it comes in several tokens")
  func stopping() throws {
    let stopped = try pieces("one.\n\nQ: two", stopTexts: ["\n\nQ:", "###"])
    #expect(stopped.isStopped && stopped.pieces.joined() == "one.")
    let other = try pieces("one.\n\nq: two", stopTexts: ["\n\nQ:"])
    #expect(!other.isStopped && other.pieces.joined() == "one.\n\nq: two")
    let begun = try pieces("one.\n\nQ", stopTexts: ["\n\nQ:"])
    #expect(!begun.isStopped && begun.pieces.joined() == "one.\n\nQ")
    #expect(try pieces("aab", stopTexts: ["ab"]).pieces.joined() == "a")
    #expect(try pieces("é👍b", stopTexts: ["👍"]).pieces.joined() == "é")
  }
}
