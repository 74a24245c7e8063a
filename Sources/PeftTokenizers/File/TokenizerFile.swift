import OrderedCollections
import PeftBasics

/// A `tokenizer.json`, read but for what its components mean.
struct TokenizerFile {
  /// All but the model.
  let section: Section
  let model: ModelReader
  /// Whether a component is called `ByteLevel`.
  let namesByteLevel: Bool

  init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
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
          var model = ModelReader(Vocabulary(path: path))
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
    section = Section(value: .map(members), path: path, place: "")
    try section.allow([
      "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
      "post_processor", "decoder",
    ])
    guard let modelReader else { throw section.error(.missing(field: "model")) }
    model = modelReader
    namesByteLevel = ["normalizer", "pre_tokenizer", "post_processor", "decoder"].contains {
      members[$0].map { $0.description.contains("\"ByteLevel\"") } ?? false
    }
  }

  // MARK: Components

  func normalizer() throws(TokenizerError) -> Normalizer? {
    guard let section = try section.optional("normalizer") else { return nil }
    return try Normalizer(section)
  }

  func preTokenizer() throws(TokenizerError) -> PreTokenizer? {
    guard let section = try section.optional("pre_tokenizer") else { return nil }
    return try PreTokenizer(section)
  }

  func postProcessor() throws(TokenizerError) -> PostProcessor? {
    guard let section = try section.optional("post_processor") else { return nil }
    return try PostProcessor(section)
  }

  func decoder() throws(TokenizerError) -> Decoder? {
    guard let section = try section.optional("decoder") else { return nil }
    return try Decoder(section)
  }

  func addedTokens() throws(TokenizerError) -> AddedTokenList {
    var list = AddedTokenList(model.vocabulary)
    try list.append(section.optional("added_tokens")?.elements() ?? [])
    return list
  }

  /// SentencePiece's map of characters, alone or among the parts of the normalizer.
  func characterMap() throws(TokenizerError) -> CharacterMap? {
    guard let normalizer = try section.optional("normalizer") else { return nil }
    let isSequence = try normalizer.optional("type")?.value == "Sequence"
    for part in isSequence ? try normalizer["normalizers"].elements() : [normalizer]
    where try part.optional("type")?.value == "Precompiled" {
      return try CharacterMap(part)
    }
    return nil
  }
}
