import PeftBasics
import PeftCheckpoints
import PeftTestSupport
import PeftTokenizers
import Testing

@Suite("Files that cannot be used") struct TokenizerErrorTests {
  /// A small file with one of its parts replaced.
  static func file(
    model: String = #"{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}"#,
    added: String = "[]", _ more: String = ""
  ) -> String {
    #"{"version":"1.0","added_tokens":\#(added),"model":\#(model)\#(more.isEmpty ? "" : ",")\#(more)}"#
  }

  private static func added(_ tokens: (id: String, content: String)...) -> String {
    "["
      + tokens.map {
        #"{"id":\#($0.id),"content":"\#($0.content)","single_word":false,"lstrip":false,"#
          + #""rstrip":false,"normalized":false,"special":true}"#
      }.joined(separator: ",") + "]"
  }

  static let deep = String(repeating: #"{"type":"Sequence","normalizers":["#, count: 40)

  static let mistakes: [(json: String, message: String)] = [
    ("", "not JSON: byte 0: it ends where a value is expected\n  fix: copy the file again"),
    ("[]", "expected an object, found a list\n  fix: save the file again"),
    ("{}", "'model' is missing\n  fix: add it, or save the file again"),
    (
      file(#""normalizer":\#(deep)"#),
      "not JSON: byte 661: more than 32 levels of brackets\n  fix: copy the file again"
    ),
    (
      file(model: #"{"type":"Unigram","vocab":[["a",0.5],["b"]]}"#),
      "model.vocab[1]: expected a token and its score, found a list\n  fix: save the file again"
    ),
    (
      file(model: #"{"type":"Unigram","vocab":[["a",1e999]]}"#),
      "model.vocab[0]: expected a token and its score, found a list\n  fix: save the file again"
    ),
    (
      file(model: #"{"type":"Unigram","vocab":[["a",0.5]],"unk_id":1}"#),
      "model.unk_id: no token has the id 1\n  fix: the vocabulary has 1 tokens"
    ),
    (
      file(model: #"{"type":"Unigram","vocab":{"a":0}}"#),
      "model.vocab: expected tokens with their scores, found ids\n  fix: save the file again"
    ),
    (
      file(
        model: #"{"type":"Unigram","vocab":[["\#(String(repeating: "a", count: 600))",0]]}"#),
      "model.vocab: a token of 600 bytes\n  fix: keep tokens to 512 bytes"
    ),
    (
      file(model: #"{"type":"Tiktoken","vocab":{"a":0}}"#),
      "model.type: 'Tiktoken' is not supported\n  fix: use a tokenizer without it"
    ),
    (
      file(model: #"{"type":"BPE","vocab":{"a":2147483648},"merges":[]}"#),
      "model.vocab.a: 2147483648 is not an id\n"
        + "  fix: ids are whole numbers from 0 to 16,777,215"
    ),
    (
      file(model: #"{"type":"BPE","vocab":{"a":-1},"merges":[]}"#),
      "model.vocab.a: -1 is not an id\n  fix: ids are whole numbers from 0 to 16,777,215"
    ),
    (
      file(model: #"{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}"#),
      "model.vocab: 'b' and 'a' both have the id 0\n"
        + "  fix: give every token an id of its own"
    ),
    (
      file(model: #"{"type":"BPE","vocab":{"a":0,"a":1},"merges":[]}"#),
      "model.vocab: the token 'a' is listed twice\n  fix: remove one of the entries"
    ),
    (
      file(
        model: #"{"type":"BPE","vocab":{"\#(String(repeating: "a", count: 5000))":0},"merges":[]}"#),
      "model.vocab: a token of 5,000 bytes\n  fix: keep tokens to 4,096 bytes"
    ),
    (
      file(model: #"{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}"#),
      "model.merges[0]: the token 'ab' is not in the vocabulary\n"
        + "  fix: add it, or remove the merge"
    ),
    (
      file(model: #"{"type":"BPE","vocab":{"a":0},"merges":[["a","c"]]}"#),
      "model.merges[0]: the token 'c' is not in the vocabulary\n"
        + "  fix: add it, or remove the merge"
    ),
    (
      file(model: #"{"type":"BPE","vocab":{"a":0},"merges":["a"]}"#),
      "model.merges[0]: 'a' is not a pair of tokens\n"
        + "  fix: write two tokens with a space between them"
    ),
    (
      file(model: #"{"type":"BPE","vocab":{"a":0},"merges":[["a"]]}"#),
      "model.merges[0]: expected a pair of tokens, found a list\n  fix: save the file again"
    ),
    (
      file(model: #"{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}"#),
      "model: the option 'dropout' is not supported\n  fix: use a tokenizer without it"
    ),
    (
      file(added: added(("7", "<s>"))),
      "added_tokens[0]: '<s>' has the id 7, but the tokenizers library gives it 3\n"
        + "  fix: write 3, or fill the gap in the vocabulary"
    ),
    (
      file(added: added(("3", "<s>"), ("3", "<s>"))),
      "added_tokens[1]: '<s>' has the id 3, but the tokenizers library gives it 4\n"
        + "  fix: write 4, or fill the gap in the vocabulary"
    ),
    (
      file(#""normalizer":{"type":"Precompiled","precompiled_charsmap":""}"#),
      "normalizer.precompiled_charsmap: the character map has no length\n"
        + "  fix: save the file again"
    ),
    (
      file(#""normalizer":{"type":"Precompiled","precompiled_charsmap":"?"}"#),
      "normalizer.precompiled_charsmap: not base64\n  fix: save the file again"
    ),
    (
      // 8 bytes of an array, of which 4 are there.
      file(#""normalizer":{"type":"Precompiled","precompiled_charsmap":"CAAAAAAAAAA="}"#),
      "normalizer.precompiled_charsmap: the character map ends within its array of 8 bytes\n"
        + "  fix: save the file again"
    ),
    (
      // A replacement at 5 of one byte.
      file(#""normalizer":{"type":"Precompiled","precompiled_charsmap":"BAAAAAUAAIAA"}"#),
      "normalizer.precompiled_charsmap: the character map has no replacement at 5\n"
        + "  fix: save the file again"
    ),
    (
      file(#""normalizer":{"type":"Precompiled","precompiled_charsmap":"BAAAAAAAAAD/"}"#),
      "normalizer.precompiled_charsmap: the replacements of the character map are not UTF-8\n"
        + "  fix: save the file again"
    ),
    (
      file(#""pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","x":1}]}"#),
      "pre_tokenizer.pretokenizers[0]: the option 'x' is not supported\n"
        + "  fix: use a tokenizer without it"
    ),
    (
      file(
        #""pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a)\\1"},"behavior":"Isolated","#
          + #""invert":false}"#),
      #"pre_tokenizer.pattern.Regex: '(a)\1' cannot be used: a reference to a group"#
        + "\n  fix: say the same without it"
    ),
    (
      file(
        #""pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"Odd","#
          + #""invert":false}"#),
      "pre_tokenizer.behavior: 'Odd' is not supported\n  fix: use a tokenizer without it"
    ),
    (
      file(
        #""post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":"#
          + #"{"id":"<s>","type_id":0}}],"special_tokens":{}}"#),
      "post_processor.single[0].SpecialToken: '<s>' is not in the vocabulary\n"
        + "  fix: add it, or name another token"
    ),
    (
      file(
        #""decoder":{"type":"Sequence","decoders":[\#(Array(repeating: #"{"type":"Fuse"}"#, count: 65).joined(separator: ","))]}"#
      ),
      "decoder.decoders: 65 parts\n  fix: keep to 64 of them"
    ),
    (
      file(#""decoder":{"type":"CTC"}"#),
      "decoder: 'CTC' is not supported\n  fix: use a tokenizer without it"
    ),
    (
      file(#""surprise":1"#),
      "the option 'surprise' is not supported\n  fix: use a tokenizer without it"
    ),
  ]

  @Test("Every mistake is one error with its place", arguments: mistakes.indices)
  func mistake(index: Int) {
    let (json, message) = Self.mistakes[index]
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(json: json) }
    #expect(error?.description == "tokenizer.json: " + message)
  }

  @Test("A missing file and a folder without one are told apart")
  func noFile() throws {
    let missing = #expect(throws: FileReadError.self) { try Tokenizer(path: "/nowhere") }
    #expect(missing?.reason == .notFound)
    let folder = try TemporaryFolder()
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(path: folder.path) }
    #expect(
      error?.description == """
        \(folder.path): the folder has no tokenizer.json
          fix: save the tokenizer with save_pretrained
        """)
    try folder.copy(Fixture.path("tokenizers/gpt2.json"), to: "tokenizer.json")
    #expect(
      try Tokenizer(path: folder.path).encode("Hello").ids
        == Tokenizer(fixture: "gpt2").encode("Hello").ids)
  }

  @Test("A regular expression that backtracks gives up in bounded time", .timeLimit(.minutes(10)))
  func backtracking() throws {
    let tokenizer = try Tokenizer(
      json: Self.file(
        #""pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a+)+$"},"behavior":"Isolated","#
          + #""invert":false}"#))
    let error = #expect(throws: TokenizerError.self) {
      try tokenizer.encode(String(repeating: "a", count: 3000) + "!")
    }
    #expect(
      error?.description == """
        tokenizer.json: '(a+)+$' gives up on the text: too many ways to match
          fix: avoid a repeat inside a repeat, such as (a+)+
        """)
  }

  @Test("Replacements that multiply the text end in an error")
  func growth() throws {
    let step = #"{"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaaaaaaaaaa"}"#
    let steps = Array(repeating: step, count: 12).joined(separator: ",")
    let tokenizer = try Tokenizer(
      json: Self.file(
        #""normalizer":{"type":"Sequence","normalizers":[\#(steps)]},"#
          + #""decoder":{"type":"Sequence","decoders":[\#(steps)]}"#))
    for run in [{ _ = try tokenizer.encode("aa") }, { _ = try tokenizer.decode([0]) }] {
      let error = #expect(throws: TokenizerError.self) { try run() }
      #expect(
        error?.description == """
          tokenizer.json: its replacements make the text many times as long
            fix: use a tokenizer without them
          """)
    }
  }

  @Test("An unknown token that is not in the vocabulary is an error when it is needed")
  func unknownToken() throws {
    let tokenizer = try Tokenizer(
      json: Self.file(
        model: #"{"type":"BPE","vocab":{"a":0},"merges":[],"unk_token":"<unk>"}"#))
    #expect(try tokenizer.encode("aa").ids == [0, 0])
    let error = #expect(throws: TokenizerError.self) { try tokenizer.encode("ab") }
    #expect(error?.reason == .unknownToken("<unk>"))
  }

  @Test("A character without a token is an error where no token is the unknown one")
  func noUnknownToken() throws {
    let tokenizer = try Tokenizer(
      json: Self.file(model: #"{"type":"Unigram","vocab":[["a",-1]],"unk_id":null}"#))
    #expect(try tokenizer.encode("aa").ids == [0, 0])
    let error = #expect(throws: TokenizerError.self) { try tokenizer.encode("ab") }
    #expect(
      error?.description
        == "tokenizer.json: the text has a character without a token, and 'unk_id' names none\n"
        + "  fix: set unk_id")
  }

  @Test("An id without a token cannot be decoded")
  func noSuchID() throws {
    let error = #expect(throws: TokenizerError.self) { try Tokenizer.bytes.decode([65, 256]) }
    #expect(
      error?.description
        == "bytes: no token has the id 256\n  fix: check which tokenizer made the ids")
  }
}
