import OrderedCollections
import PeftBasics

/// Reads the file's `model` without a tree of it: vocabularies have hundreds of thousands of entries.
struct ModelReader {
  private(set) var vocabulary: Vocabulary
  private var options: OrderedDictionary<String, JSONValue> = [:]
  private var hasVocabulary = false

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  private func error(_ reason: TokenizerError.Reason, at place: String) -> TokenizerError {
    vocabulary.error(reason, at: place)
  }

  /// Reads the object that comes next.
  mutating func read(_ reader: inout JSONReader) throws {
    guard try reader.kind() == .object else {
      let value = try JSONValue(&reader)
      throw error(.wrongKind(found: value.kind, expected: "an object"), at: "")
    }
    try reader.enterObject()
    while let name = try reader.nextName() {
      switch (name, try reader.kind()) {
      case ("vocab", .object), ("vocab", .list):
        guard !hasVocabulary else { throw error(.unsupportedOption("vocab"), at: "vocab") }
        hasVocabulary = true
        if try reader.kind() == .object {
          try readVocabulary(&reader)
        } else {
          try readScores(&reader)
        }
      case ("merges", .list): try readMerges(&reader)
      default: options[name] = try JSONValue(&reader)
      }
    }
  }

  /// Reads tokens and their ids, the object that comes next.
  mutating func readVocabulary(_ reader: inout JSONReader) throws {
    try reader.enterObject()
    while let token = try reader.nextName() {
      guard try reader.kind() == .number else {
        let value = try JSONValue(&reader)
        throw error(.wrongKind(found: value.kind, expected: "an id"), at: "vocab.\(token)")
      }
      let number = try reader.number()
      guard let id = number.value, id <= TokenTable.largestID else {
        throw error(
          .badID("\(number.text)", limit: TokenTable.largestID), at: "vocab.\(token)")
      }
      try vocabulary.insert(token, id: id)
    }
  }

  /// Reads tokens and their scores, in the order of their ids.
  private mutating func readScores(_ reader: inout JSONReader) throws {
    try reader.enterList()
    while try reader.hasNextElement() {
      let value = try JSONValue(&reader)
      guard case .list(let pair) = value, pair.count == 2, case .text(let token) = pair[0],
        let score = pair[1].double, score.isFinite
      else {
        throw error(
          .wrongKind(found: value.kind, expected: "a token and its score"),
          at: "vocab[\(vocabulary.table.count)]")
      }
      try vocabulary.append(token, score: score)
    }
  }

  private mutating func readMerges(_ reader: inout JSONReader) throws {
    vocabulary.merges = []
    try reader.enterList()
    while try reader.hasNextElement() {
      if try reader.kind() == .text {
        try vocabulary.appendMerge(reader.text())
      } else {
        let value = try JSONValue(&reader)
        guard case .list(let pair) = value, pair.count == 2, case .text(let left) = pair[0],
          case .text(let right) = pair[1]
        else {
          throw error(
            .wrongKind(found: value.kind, expected: "a pair of tokens"),
            at: "merges[\(vocabulary.merges.count)]")
        }
        vocabulary.merges.append((Array(left.utf8), Array(right.utf8)))
      }
    }
  }

  // MARK: The model

  func model() throws(TokenizerError) -> TokenModel {
    let section = Section(value: .map(options), path: vocabulary.path, place: vocabulary.place)
    let type = try section.optional("type")
    let name = try type?.text() ?? impliedType
    switch name {
    case "BPE", "WordPiece", "WordLevel", "Unigram": break
    case nil: throw section.error(.missing(field: "type"))
    case let name?: throw (type ?? section).error(.unsupported(component: name))
    }
    guard hasVocabulary else { throw section.error(.missing(field: "vocab")) }
    switch name {
    case "BPE": return try vocabulary.bytePair(try bytePairOptions(section))
    case "WordPiece":
      try section.allow(["unk_token", "continuing_subword_prefix", "max_input_chars_per_word"])
      return try vocabulary.wordPiece(
        unknown: try section.text("unk_token"),
        subwordPrefix: Array(try section.text("continuing_subword_prefix").utf8),
        longestWord: try section.count("max_input_chars_per_word"))
    case "Unigram":
      try section.allow(["unk_id", "byte_fallback"])
      return try vocabulary.unigram(
        unknown: try section.optional("unk_id")?.id(),
        fallsBackToBytes: try section.flag("byte_fallback", default: false))
    default:
      try section.allow(["unk_token"])
      return .wordLevel(
        WordLevelModel(table: vocabulary.table, unknown: try section.text("unk_token")))
    }
  }

  /// Files from before the type was written say by their other fields what they are.
  private var impliedType: String? {
    if !vocabulary.scores.isEmpty { return "Unigram" }
    if !vocabulary.merges.isEmpty { return "BPE" }
    return options["max_input_chars_per_word"] == nil ? nil : "WordPiece"
  }

  private func bytePairOptions(
    _ section: Section
  ) throws(TokenizerError) -> BytePairModel.Options {
    try section.allow([
      "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
      "byte_fallback", "ignore_merges",
    ])
    if let dropout = try section.optional("dropout") {
      guard dropout.value.double == 0 else {
        throw section.error(.unsupportedOption("dropout"))
      }
    }
    var options = BytePairModel.Options()
    options.unknown = try section.optional("unk_token")?.text()
    options.subwordPrefix = Array(
      try section.optional("continuing_subword_prefix")?.text().utf8 ?? "".utf8)
    options.wordSuffix = Array(try section.optional("end_of_word_suffix")?.text().utf8 ?? "".utf8)
    for text in [options.subwordPrefix, options.wordSuffix] where text.count > 256 {
      throw section.error(.tokenTooLong(bytes: text.count, limit: 256))
    }
    options.fusesUnknown = try section.flag("fuse_unk", default: false)
    options.fallsBackToBytes = try section.flag("byte_fallback", default: false)
    options.ignoresMerges = try section.flag("ignore_merges", default: false)
    return options
  }
}
