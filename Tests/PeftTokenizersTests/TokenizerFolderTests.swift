import PeftTestSupport
import PeftTokenizers
import Testing

/// What AutoTokenizer of transformers makes of a folder.
private struct RecordedFolder: Decodable, CustomTestStringConvertible {
  let name: String
  /// The file of `Tests/Fixtures/tokenizers` that is its `tokenizer.json`.
  let base: String?
  let files: [String: String]
  let count: Int
  let eos: Int?
  let pad: Int?
  let ids: [[Int]]
  let plain: [String]

  var testDescription: String { name }

  struct All: Decodable {
    let texts: [String]
    let folders: [RecordedFolder]
  }

  static let all = Result { try Fixture.decode("tokenizer_folders.json", as: All.self) }

  func tokenizer() throws -> Tokenizer {
    let folder = try TemporaryFolder()
    if let base {
      try folder.copy(Fixture.path("tokenizers/\(base).json"), to: "tokenizer.json")
    }
    for (name, text) in files { _ = try folder.file(name, text) }
    return try Tokenizer(path: folder.path)
  }
}

@Suite("Folders as AutoTokenizer reads them") struct TokenizerFolderTests {
  @Test(
    "Ids, texts and the size of the vocabulary are the same",
    arguments: try RecordedFolder.all.get().folders.exactly(86, "folders"))
  private func same(folder: RecordedFolder) throws {
    let tokenizer = try folder.tokenizer()
    #expect(tokenizer.vocabularyCount == folder.count)
    #expect(tokenizer.id(ofSpecialToken: "eos_token") == folder.eos)
    #expect(tokenizer.id(ofSpecialToken: "pad_token") == folder.pad)
    for (index, text) in try RecordedFolder.all.get().texts.enumerated() {
      let ids = try tokenizer.encode(text).ids
      #expect(ids == folder.ids[index], "\(text.debugDescription)")
      let plain = try tokenizer.decode(folder.ids[index])
      #expect(plain.isSame(as: folder.plain[index]), "decoding \(text.debugDescription)")
    }
  }
}

@Suite("Folders that cannot be read as they are") struct TokenizerFolderErrorTests {
  /// Files beside gpt2's `tokenizer.json`, unless it is among them, and what is said of them.
  private static let mistakes: [(files: [String: String], message: String)] = [
    (
      ["tokenizer_config.json": "["],
      "tokenizer_config.json: not JSON: byte 1: it ends where a value is expected\n"
        + "  fix: copy the file again"
    ),
    (
      ["tokenizer_config.json": "[]"],
      "tokenizer_config.json: expected an object, found a list\n  fix: save the file again"
    ),
    (
      ["tokenizer_config.json": #"{"added_tokens_decoder":{"x":"a"}}"#],
      "tokenizer_config.json: added_tokens_decoder: x is not an id\n"
        + "  fix: ids are whole numbers from 0 to 16,777,215"
    ),
    (
      ["tokenizer_config.json": #"{"pad_token":{"lstrip":true}}"#],
      "tokenizer_config.json: pad_token: 'content' is missing\n  fix: add it, or save the file again"
    ),
    (
      ["tokenizer_config.json": #"{"pad_token":7}"#],
      "tokenizer_config.json: pad_token: expected a text, found a number\n  fix: save the file again"
    ),
    (
      ["tokenizer_config.json": #"{"split_special_tokens":true}"#],
      "tokenizer_config.json: the option 'split_special_tokens' is not supported\n"
        + "  fix: use a tokenizer without it"
    ),
    (
      ["added_tokens.json": #"{"<new>":"7"}"#],
      "added_tokens.json: <new>: expected an id, found a text\n  fix: save the file again"
    ),
    (
      ["tokenizer_config.json": #"{"tokenizer_class":"T5Tokenizer"}"#],
      "tokenizer.json: model.vocab: expected tokens with their scores, found ids\n"
        + "  fix: save the file again"
    ),
    (
      ["tokenizer.json": "", "vocab.json": #"{"a":0}"#],
      "the folder has vocab.json, but no merges.txt\n  fix: copy the file, too"
    ),
    (
      ["tokenizer.json": "", "vocab.json": #"{"a":0}"#, "merges.txt": "#version: 0.2\na b c\n"],
      "merges.txt: merges[0]: 'a b c' is not a pair of tokens\n"
        + "  fix: write two tokens with a space between them"
    ),
    (
      ["tokenizer.json": "", "spiece.model": "", "config.json": #"{"model_type":"t5"}"#],
      "the folder has spiece.model, but no tokenizer.json\n"
        + "  fix: load it with AutoTokenizer, and save it with save_pretrained"
    ),
  ]

  @Test("Every mistake is one error with its file", arguments: mistakes.indices)
  func mistake(index: Int) throws {
    let (files, message) = Self.mistakes[index]
    let folder = try TemporaryFolder()
    if files["tokenizer.json"] == nil {
      try folder.copy(Fixture.path("tokenizers/gpt2.json"), to: "tokenizer.json")
    }
    for (name, text) in files where name != "tokenizer.json" { try folder.file(name, text) }
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(path: folder.path) }
    #expect(error?.description.hasSuffix(message) == true, "\(error?.description ?? "")")
  }

  @Test("What transformers does not look at, or gives another id, is a warning")
  func warnings() throws {
    func warnings(_ files: [String: String]) throws -> [String] {
      let folder = try TemporaryFolder()
      try folder.copy(Fixture.path("tokenizers/gpt2.json"), to: "tokenizer.json")
      for (name, text) in files { try folder.file(name, text) }
      return try Tokenizer(path: folder.path).warnings.map {
        $0.replacing("\(folder.path)/", with: "")
      }
    }
    #expect(try warnings([:]) == [])
    #expect(
      try warnings([
        "tokenizer_config.json": #"{"added_tokens_decoder":{"900":{"content":"<new>"}}}"#,
        "added_tokens.json": #"{"<other>":901}"#,
      ]) == [
        "tokenizer_config.json: '<new>' has the id 900 there, and 420 in the tokenizer, as in "
          + "transformers",
        "added_tokens.json: '<other>' is no token, as in transformers, which does not read that file "
          + "where tokenizer_config.json has added_tokens_decoder",
      ])
    #expect(
      try warnings(["tokenizer_config.json": #"{"tokenizer_class":"WhisperTokenizer"}"#]) == [
        "tokenizer: transformers makes WhisperTokenizer in a way of its own; here tokenizer.json is used "
          + "as it is, which may give other ids"
      ])
  }

  @Test("The longest text that a model takes is known")
  func longestText() throws {
    let folder = try TemporaryFolder()
    try folder.file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\r\nworld \n")
    try folder.file("tokenizer_config.json", #"{"model_max_length":512}"#)
    let tokenizer = try Tokenizer(path: folder.path)
    #expect(tokenizer.longestText == 512)
    #expect(try tokenizer.encode("Hello world").ids == [2, 5, 6, 3])
    try folder.file("tokenizer_config.json", #"{"model_max_length":1e30}"#)
    #expect(try Tokenizer(path: folder.path).longestText == nil)
  }
}
