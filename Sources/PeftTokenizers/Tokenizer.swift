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
  package let model: TokenModel
  let added: AddedTokens
  let normalizer: Normalizer?
  let preTokenizer: PreTokenizer?
  let postProcessor: PostProcessor?
  let decoder: Decoder?

  /// The file's name in a checkpoint's folder.
  public static let fileName = "tokenizer.json"

  /// Reads a `tokenizer.json`, or the one in a folder.
  /// - Throws: `FileReadError`, `TokenizerError`.
  public init(path: String) throws {
    do {
      try self.init(bytes: MappedFile(path: path), path: path)
    } catch let error as FileReadError where error.reason == .isFolder {
      let file = path.hasSuffix("/") ? path + Self.fileName : "\(path)/\(Self.fileName)"
      do {
        try self.init(bytes: MappedFile(path: file), path: file)
      } catch let error as FileReadError where error.reason == .notFound {
        throw TokenizerError(reason: .noTokenizer, path: path, part: "")
      }
    }
  }

  private init(bytes file: MappedFile, path: String) throws {
    defer { withExtendedLifetime(file) {} }
    try self.init(file.bytes, path: path)
  }

  /// Reads the contents of a `tokenizer.json`.
  /// - Parameter name: What errors call it.
  public init(json: String, name: String = Tokenizer.fileName) throws {
    var json = json
    self = try json.withUTF8 { try Tokenizer(UnsafeRawBufferPointer($0), path: name) }
  }

  private init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
    var members: OrderedDictionary<String, JSONValue> = [:]
    var modelReader: ModelReader?
    do {
      var reader = JSONReader(bytes)
      guard try reader.kind() == .object else {
        let value = try JSONValue(&reader)
        throw TokenizerError(
          reason: .wrongKind(found: value.kind, expected: "an object"), path: path, part: "")
      }
      try reader.enterObject()
      while let name = try reader.nextName() {
        if name == "model", modelReader == nil {
          var model = ModelReader(path: path)
          try model.read(&reader)
          modelReader = model
        } else {
          members[name] = try JSONValue(&reader)
        }
      }
      try reader.finish()
    } catch let mistake as JSONMistake {
      throw TokenizerError(reason: .notJSON(mistake), path: path, part: "")
    }
    let file = Section(value: .map(members), path: path, place: "")
    try file.allow([
      "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
      "post_processor", "decoder",
    ])
    guard let modelReader else { throw file.error(.missing(field: "model")) }
    self.path = path
    (model, table) = try modelReader.model()
    normalizer = try file.optional("normalizer").map { try Normalizer($0) }
    preTokenizer = try file.optional("pre_tokenizer").map { try PreTokenizer($0) }
    postProcessor = try file.optional("post_processor").map { try PostProcessor($0) }
    decoder = try file.optional("decoder").map { try Decoder($0) }
    added = try AddedTokens(
      file.optional("added_tokens")?.elements() ?? [], table: table, normalizer: normalizer)
  }

  private init(bytes table: TokenTable) {
    path = "bytes"
    self.table = table
    model = .bytes
    added = .none
    (normalizer, preTokenizer, postProcessor, decoder) = (nil, nil, nil, .byteFallback)
  }

  /// A tokenizer without a file: the bytes of the text in UTF-8 are the ids, 0 to 255.
  public static let bytes: Tokenizer = {
    var table = TokenTable()
    for byte in 0...255 { _ = table.insert(byteTokenName(byte).utf8, id: byte) }
    return Tokenizer(bytes: table)
  }()

  // MARK: The vocabulary

  /// How many tokens there are, added ones included.
  public var vocabularyCount: Int {
    var count = table.count
    for id in added.ids where table.token(id) == nil { count += 1 }
    return count
  }

  public func id(of token: String) -> Int? {
    let bytes = Array(token.utf8)
    return added.id(of: bytes) ?? table.id(of: bytes)
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
