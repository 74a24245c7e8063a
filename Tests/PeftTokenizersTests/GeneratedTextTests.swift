import PeftTestSupport
import PeftTokenizers
import Testing

/// Texts that a congruential generator draws here as `Tests/Fixtures/generate/tokenizer_files.py` does, and
/// digests of the ids that the `tokenizers` library gives them.
private struct GeneratedTexts: Decodable {
  let pieces: [String]
  let separators: [String]
  /// One for every twenty texts.
  let digests: [String: [UInt32]]

  static let recorded = Result {
    try Fixture.decode("generated_texts.json", as: GeneratedTexts.self)
  }

  func texts(_ count: Int) -> [String] {
    var state: UInt64 = 16
    func below(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    return (0..<count).map { _ in
      (0..<(1 + below(8))).reduce(into: "") { text, _ in
        text += pieces[below(pieces.count)]
        text += separators[below(separators.count)]
      }
    }
  }
}

@Suite("Generated texts") struct GeneratedTextTests {
  /// `PEFT_LONG_TESTS` tries all texts.
  private static let count = LongTests.areWanted ? 4000 : 400

  @Test(
    "Ids of Unigram models are those of the tokenizers library",
    arguments: try GeneratedTexts.recorded.get().digests.keys.sorted().exactly(5, "tokenizers"))
  func ids(name: String) throws {
    let recorded = try GeneratedTexts.recorded.get()
    let tokenizer = try Tokenizer(fixture: name)
    let texts = recorded.texts(Self.count)
    let digests = try #require(recorded.digests[name]).exactly(200, "digests")
    var wrong: [Int] = []
    for start in stride(from: 0, to: texts.count, by: 20) {
      var digest: UInt32 = 0x811C_9DC5
      for text in texts[start..<(start + 20)] {
        for number in try tokenizer.encode(text).ids.map({ UInt32($0) }) + [.max] {
          for shift in stride(from: 0 as UInt32, to: 32, by: 8) {
            digest = (digest ^ (number >> shift & 0xFF)) &* 0x0100_0193
          }
        }
      }
      if digest != digests[start / 20] { wrong.append(start) }
    }
    #expect(wrong.isEmpty, "other ids among 20 texts from \(wrong)")
  }
}
