import Foundation
import PeftTestSupport
import PeftTokenizers

extension FuzzTarget {
  /// A `tokenizer.json`, which then encodes and decodes.
  static let tokenizer = FuzzTarget(
    "tokenizer", longest: 20_000,
    seeds: {
      try Seeds.files("Tests/Fixtures/tokenizers", ".json", shorterThan: 20_000)
        .filter { $0.text.contains("\"model\"") }
    },
    { bytes in
      let tokenizer = try Tokenizer(json: bytes.text)
      try attempt {
        let text = "Hello wörld 123, it's  the\tnumber\n<s>[CLS] 你好 ﬁ e\u{301}"
        let ids = try check(tokenizer.encode(text), of: text).map(\.id)
        _ = try tokenizer.decode(ids)
        _ = try tokenizer.decode(ids, skippingSpecialTokens: false)
      }
      _ = try tokenizer.decode([0, 1, 2, 3, 5, 7, 20])
    })

  /// A text, for every kind of tokenizer.
  static let encoding = FuzzTarget(
    "encoding", longest: 600,
    seeds: {
      try Fixture.names(in: "tokenizers").filter { $0.contains("cases") }
        .flatMap { try Seeds.strings(in: "tokenizers/\($0).json").suffix(12) }
    },
    { bytes in
      let text = bytes.text
      for tokenizer in try tokenizers.get() {
        try attempt {
          _ = try tokenizer.decode(check(tokenizer.encode(text), of: text).map(\.id))
        }
      }
    })

  private static let tokenizers = Result {
    try [
      "gpt2", "llama2", "bert-uncased", "clip", "gemma", "qwen", "o200k", "nfkd-strip",
      "word-level", "metaspace-always", "t5", "albert", "unigram-bytes",
    ].map { try Tokenizer(path: Fixture.path("tokenizers/\($0).json")) }
  }

  private static func check(_ encoding: Encoding, of text: String) throws -> [Encoding.Token] {
    let length = text.utf8.count
    for token in encoding.tokens where token.range.upperBound > length {
      throw FuzzFinding("token \(token) of a text of \(length) bytes")
    }
    return encoding.tokens
  }
}
