import PeftTestSupport
import PeftTokenizers
import Testing

@Suite("Encodings as the tokenizers library makes them") struct RecordedEncodingTests {
  static let names = Result {
    try Fixture.names(in: "tokenizers").filter { $0.hasSuffix(".cases") }
      .map { String($0.dropLast(".cases".count)) }.exactly(27, "tokenizers")
  }

  /// Expects that no recorded text is encoded or decoded otherwise.
  /// - Parameter mistake: What is wrong with a row; nil where nothing is.
  private func check(
    _ name: String, _ mistake: (Tokenizer, RecordedEncoding) throws -> String?
  ) throws {
    let tokenizer = try Tokenizer(fixture: name)
    let rows = try RecordedEncoding.all(of: name)
    let wrong = try rows.compactMap { try mistake(tokenizer, $0) }
    #expect(wrong.isEmpty, "\(summary(of: wrong, among: rows.count))")
  }

  @Test("Ids are the same", arguments: try names.get())
  func ids(name: String) throws {
    try check(name) { tokenizer, row in
      let ids = try tokenizer.encode(row.text).ids
      return ids == row.ids ? nil : "\(row.text.debugDescription): \(ids), not \(row.ids)"
    }
  }

  @Test("Decoded texts are the same, with and without special tokens", arguments: try names.get())
  func decoding(name: String) throws {
    try check(name) { tokenizer, row in
      let plain = try tokenizer.decode(row.ids)
      let full = try tokenizer.decode(row.ids, skippingSpecialTokens: false)
      if plain.isSame(as: row.decoded), full.isSame(as: row.decodedWithSpecials) { return nil }
      return "\(row.ids): \(plain.debugDescription) not \(row.decoded.debugDescription), "
        + "\(full.debugDescription) not \(row.decodedWithSpecials.debugDescription)"
    }
  }

  /// Where normalisation makes one of several characters, a range here covers all of them; the
  /// library's covers the first or the last.
  private static let joining: Set = [
    "qwen", "clip", "bert-uncased", "bert-old", "whitespace-nfkc", "nfkd-strip", "nfd-digits",
    "metaspace-always", "prefix", "previous-inverted", "albert", "xlm-roberta", "deberta-v3",
    "unigram-bytes",
  ]

  @Test(
    "Ranges are the same",
    arguments: try names.get().filter { !joining.contains($0) }.exactly(13, "tokenizers"))
  func ranges(name: String) throws {
    try check(name) { tokenizer, row in
      // Where a map of characters removes the first one, the library's ranges are one character off.
      if name == "t5", "\u{1}\u{1B}".unicodeScalars.contains(row.text.unicodeScalars.first ?? " ") {
        return nil
      }
      let offsets = row.text.scalarOffsets
      let ranges = try tokenizer.encode(row.text).tokens.map { token in
        token.range.isEmpty
          ? 0..<0 : offsets[token.range.lowerBound]..<(offsets[token.range.upperBound - 1] + 1)
      }
      return ranges == row.covered
        ? nil : "\(row.text.debugDescription): \(ranges), not \(row.covered)"
    }
  }
}
