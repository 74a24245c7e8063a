import OrderedCollections
import PeftBasics

/// Text to the ids that a language model reads, and back, as `tokenizers` does it.
///
/// ```swift
/// let tokenizer = try Tokenizer(path: "my-checkpoint")
/// let ids = try tokenizer.encode("Hello, world!").ids
/// let text = try tokenizer.decode(ids)
/// ```
/// Settings of a file for truncation and padding are not applied. What this library does not know is
/// refused by name and never skipped.
public struct Tokenizer: Sendable {
  let path: String
  let table: TokenTable
  /// How many tokens the model's vocabulary has.
  private let size: Int
  package let model: TokenModel
  let added: AddedTokens
  let normalizer: Normalizer?
  let preTokenizer: PreTokenizer?
  let postProcessor: PostProcessor?
  let decoder: Decoder?
  private let specialTokens: OrderedDictionary<String, String>
  /// The longest text that the model takes, in tokens (`model_max_length`); nil where no file says so.
  public let longestText: Int?
  /// What the files of a folder say, and is not so here or in transformers.
  public let warnings: [String]

  /// The file's name in a checkpoint's folder.
  public static let fileName = "tokenizer.json"

  /// Reads a `tokenizer.json`, or the files of a tokenizer in a folder, as AutoTokenizer of transformers does:
  /// what stands beside `tokenizer.json` adds tokens, and may name a class that makes the tokenizer in its own
  /// way. Without a `tokenizer.json`, it is made from `vocab.txt`, or `vocab.json` and `merges.txt`.
  /// - Throws: `FileReadError`, `TokenizerError`.
  public init(path: String) throws {
    do {
      let file = try MappedFile(path: path)
      defer { withExtendedLifetime(file) {} }
      try self.init(TokenizerFile(file.bytes, path: path))
    } catch let error as FileReadError where error.reason == .isFolder {
      var folder = path[...]
      while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
      var maker = try TokenizerMaker(String(folder))
      self = try maker.tokenizer()
    }
  }

  /// Whether a folder has the files of a tokenizer, though perhaps not of a kind that can be read.
  package static func isThere(in folder: String) -> Bool {
    [
      fileName, "vocab.txt", "vocab.json", "tokenizer.model", "spiece.model",
      "sentencepiece.bpe.model", "spm.model",
    ].contains { FileWriter.isThere("\(folder)/\($0)") }
  }

  /// Reads the contents of a `tokenizer.json`.
  /// - Parameter name: What errors call it.
  public init(json: String, name: String = Tokenizer.fileName) throws {
    var json = json
    self = try json.withUTF8 {
      try Tokenizer(TokenizerFile(UnsafeRawBufferPointer($0), path: name))
    }
  }

  private init(_ file: TokenizerFile) throws(TokenizerError) {
    let parts = TokenizerParts(
      model: try file.model.model(), normalizer: try file.normalizer(),
      preTokenizer: try file.preTokenizer(), decoder: try file.decoder())
    let postProcessor = try file.postProcessor()
    let list = try file.addedTokens()
    let added: AddedTokens
    do throws(EncodingProblem) {
      added = try AddedTokens(list, normalizer: parts.normalizer)
    } catch {
      throw TokenizerError(error, path: file.section.path)
    }
    self.init(
      path: file.section.path, vocabulary: file.model.vocabulary, parts: parts, added: added,
      postProcessor: postProcessor)
  }

  init(
    path: String, vocabulary: Vocabulary, parts: TokenizerParts, added: AddedTokens,
    postProcessor: PostProcessor?, specialTokens: OrderedDictionary<String, String> = [:],
    longestText: Int? = nil, warnings: [String] = []
  ) {
    self.path = path
    table = vocabulary.table
    size = vocabulary.size
    model = parts.model
    normalizer = parts.normalizer
    preTokenizer = parts.preTokenizer
    decoder = parts.decoder
    self.added = added
    self.postProcessor = postProcessor
    self.specialTokens = specialTokens
    self.longestText = longestText
    self.warnings = warnings
  }

  /// A tokenizer without a file: the bytes of the text in UTF-8 are the ids, 0 to 255.
  public static let bytes: Tokenizer = {
    let vocabulary = Vocabulary(path: "bytes", tokens: (0...255).map(byteTokenName))
    let parts = TokenizerParts(model: .bytes, preTokenizer: nil, decoder: .byteFallback)
    return Tokenizer(
      path: "bytes", vocabulary: vocabulary, parts: parts, added: .none, postProcessor: nil)
  }()

  // MARK: The vocabulary

  /// How many tokens there are, added ones included.
  public var vocabularyCount: Int {
    let new = added.tokens.count { table.id(of: Array($0.content.utf8)) == nil }
    return size + new
  }

  public func id(of token: String) -> Int? {
    let bytes = Array(token.utf8)
    return added.id(of: bytes) ?? table.id(of: bytes)
  }

  /// The id of a special token that the files of a folder name, such as `eos_token`; nil where they name none.
  public func id(ofSpecialToken name: String) -> Int? {
    specialTokens[name].flatMap { id(of: $0) }
  }

  /// The token as the vocabulary writes it.
  public func token(_ id: Int) -> String? {
    added.token(id)?.content
      ?? table.token(id).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension TokenizerError {
  init(_ problem: EncodingProblem, path: String) {
    let reason: Reason =
      switch problem {
      case .gaveUp(let pattern): .patternGaveUp(pattern)
      case .growsTooMuch: .growsTooMuch
      case .unknownToken(let token): .unknownToken(token)
      case .noUnknownToken: .noUnknownToken
      }
    self.init(reason: reason, path: path, part: "")
  }
}

extension Tokenizer {
  /// A tokenizer by what a user calls it: `bytes`, a `tokenizer.json`, or a folder with one.
  /// - Throws: `FileReadError`, `TokenizerError`.
  public init(named name: String) throws {
    self = name == "bytes" ? .bytes : try Tokenizer(path: name)
  }
}
