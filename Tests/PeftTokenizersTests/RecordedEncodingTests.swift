import PeftTestSupport
import PeftTokenizers
import Testing

@Suite("Encodings as the tokenizers library makes them") struct RecordedEncodingTests {
  static let names = [
    "gpt2", "roberta", "llama3", "qwen", "o200k", "llama2", "mistral", "gemma", "clip",
    "bert-uncased", "bert-cased", "bert-old", "word-level", "whitespace-nfkc", "nfkd-strip",
    "nfd-digits", "digits-punctuation", "contiguous", "next", "previous-inverted",
    "metaspace-always", "prefix",
  ]

  @Test("Ids are the same", arguments: names)
  func ids(name: String) throws {
    let tokenizer = try Tokenizer(fixture: name)
    var wrong: [String] = []
    let rows = try RecordedEncoding.all(of: name)
    for row in rows {
      let ids = try tokenizer.encode(row.text).ids
      if ids != row.ids {
        wrong.append("\(row.text.debugDescription): \(ids), not \(row.ids)")
      }
    }
    #expect(wrong.isEmpty, "\(summary(of: wrong, among: rows.count))")
  }

  @Test("Decoded texts are the same, with and without special tokens", arguments: names)
  func decoding(name: String) throws {
    let tokenizer = try Tokenizer(fixture: name)
    var wrong: [String] = []
    let rows = try RecordedEncoding.all(of: name)
    for row in rows {
      let (plain, full) = (
        try tokenizer.decode(row.ids), try tokenizer.decode(row.ids, skippingSpecialTokens: false)
      )
      if !plain.isSame(as: row.decoded) || !full.isSame(as: row.decodedWithSpecials) {
        wrong.append(
          "\(row.ids): \(plain.debugDescription) not \(row.decoded.debugDescription), "
            + "\(full.debugDescription) not \(row.decodedWithSpecials.debugDescription)")
      }
    }
    #expect(wrong.isEmpty, "\(summary(of: wrong, among: rows.count))")
  }

  /// Where normalisation makes one of several characters, a range here covers all of them; the
  /// library's covers the first or the last.
  private static let joining: Set = [
    "qwen", "clip", "bert-uncased", "bert-old", "whitespace-nfkc", "nfkd-strip", "nfd-digits",
    "metaspace-always", "prefix", "previous-inverted",
  ]

  @Test("Ranges are the same", arguments: names.filter { !joining.contains($0) })
  func ranges(name: String) throws {
    let tokenizer = try Tokenizer(fixture: name)
    var wrong: [String] = []
    let rows = try RecordedEncoding.all(of: name)
    for row in rows {
      let offsets = row.text.scalarOffsets
      let ranges = try tokenizer.encode(row.text).tokens.map { token in
        token.range.isEmpty
          ? 0..<0 : offsets[token.range.lowerBound]..<(offsets[token.range.upperBound - 1] + 1)
      }
      if ranges != row.covered {
        wrong.append("\(row.text.debugDescription): \(ranges), not \(row.covered)")
      }
    }
    #expect(wrong.isEmpty, "\(summary(of: wrong, among: rows.count))")
  }
}
