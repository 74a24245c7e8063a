import OrderedCollections
import PeftBasics

/// Reads the file's `model` without a tree of it: vocabularies have hundreds of thousands of entries.
struct ModelReader {
  let path: String
  private var table = TokenTable()
  private var merges: [(left: [UInt8], right: [UInt8])] = []
  private var options: OrderedDictionary<String, JSONValue> = [:]
  private var hasVocabulary = false

  init(path: String) { self.path = path }

  private func error(_ reason: TokenizerError.Reason, at place: String) -> TokenizerError {
    TokenizerError(reason: reason, path: path, part: "model.\(place)")
  }

  /// Reads the object that comes next.
  mutating func read(_ reader: inout JSONReader) throws {
    guard try reader.kind() == .object else {
      let value = try JSONValue(&reader)
      throw TokenizerError(
        reason: .wrongKind(found: value.kind, expected: "an object"), path: path, part: "model")
    }
    try reader.enterObject()
    while let name = try reader.nextName() {
      switch (name, try reader.kind()) {
      case ("vocab", .object):
        guard !hasVocabulary else { throw error(.unsupportedOption("vocab"), at: "vocab") }
        hasVocabulary = true
        try readVocabulary(&reader)
      case ("merges", .list): try readMerges(&reader)
      default: options[name] = try JSONValue(&reader)
      }
    }
  }

  private mutating func readVocabulary(_ reader: inout JSONReader) throws {
    try reader.enterObject()
    while let token = try reader.nextName() {
      guard token.utf8.count <= TokenTable.longestToken else {
        throw error(
          .tokenTooLong(bytes: token.utf8.count, limit: TokenTable.longestToken), at: "vocab")
      }
      guard try reader.kind() == .number else {
        let value = try JSONValue(&reader)
        throw error(.wrongKind(found: value.kind, expected: "an id"), at: "vocab.\(token)")
      }
      let number = try reader.number()
      guard let id = number.value, id <= TokenTable.largestID else {
        throw error(
          .badID("\(number.text)", limit: TokenTable.largestID), at: "vocab.\(token)")
      }
      switch table.insert(token.utf8, id: id) {
      case .inserted: break
      case .duplicate: throw error(.duplicateToken(token), at: "vocab")
      case .idTaken(let other):
        throw error(
          .idTaken(id: id, token: token, other: String(decoding: other, as: UTF8.self)),
          at: "vocab")
      }
    }
  }

  private mutating func readMerges(_ reader: inout JSONReader) throws {
    merges = []
    try reader.enterList()
    while try reader.hasNextElement() {
      if try reader.kind() == .text {
        let text = try reader.text()
        let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        if text.utf8.starts(with: "#version".utf8) { continue }
        guard parts.count == 2 else {
          throw error(.mergeIsNoPair(text), at: "merges[\(merges.count)]")
        }
        merges.append((Array(parts[0]), Array(parts[1])))
      } else {
        let value = try JSONValue(&reader)
        guard case .list(let pair) = value, pair.count == 2, case .text(let left) = pair[0],
          case .text(let right) = pair[1]
        else {
          throw error(
            .wrongKind(found: value.kind, expected: "a pair of tokens"),
            at: "merges[\(merges.count)]")
        }
        merges.append((Array(left.utf8), Array(right.utf8)))
      }
    }
  }

  // MARK: The model

  func model() throws(TokenizerError) -> (TokenModel, TokenTable) {
    let section = Section(value: .map(options), path: path, place: "model")
    let type = try section.optional("type")
    // Files from before the field was written say by their other fields what they are.
    let name = try type?.text() ?? (merges.isEmpty ? "" : "BPE")
    switch name {
    case "BPE", "WordPiece", "WordLevel": break
    case "": throw section.error(.missing(field: "type"))
    default: throw (type ?? section).error(.unsupported(component: name))
    }
    guard hasVocabulary else { throw section.error(.missing(field: "vocab")) }
    switch name {
    case "BPE": return (.bytePair(try bytePairModel(section)), table)
    case "WordPiece":
      try section.allow(["unk_token", "continuing_subword_prefix", "max_input_chars_per_word"])
      guard table.longest <= WordPieceModel.longestToken else {
        throw section.error(
          .tokenTooLong(bytes: table.longest, limit: WordPieceModel.longestToken))
      }
      let model = WordPieceModel(
        table: table, unknown: try section.text("unk_token"),
        subwordPrefix: Array(try section.text("continuing_subword_prefix").utf8),
        longestWord: try section.count("max_input_chars_per_word"))
      return (.wordPiece(model), table)
    default:
      try section.allow(["unk_token"])
      return (
        .wordLevel(WordLevelModel(table: table, unknown: try section.text("unk_token"))), table
      )
    }
  }

  private func bytePairModel(_ section: Section) throws(TokenizerError) -> BytePairModel {
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
    return BytePairModel(table: table, merges: try ranks(options), options: options)
  }

  private func ranks(
    _ options: BytePairModel.Options
  ) throws(TokenizerError) -> [BytePairModel.Pair: BytePairModel.Merge] {
    var ranks: [BytePairModel.Pair: BytePairModel.Merge] = [:]
    ranks.reserveCapacity(merges.count)
    for (rank, merge) in merges.enumerated() {
      func id(_ token: [UInt8]) throws(TokenizerError) -> Int32 {
        guard let id = table.id(of: token) else {
          throw error(
            .mergeOfUnknown(token: String(decoding: token, as: UTF8.self)), at: "merges[\(rank)]")
        }
        return Int32(id)
      }
      let pair = BytePairModel.Pair(left: try id(merge.left), right: try id(merge.right))
      let joined = merge.left + merge.right.dropFirst(options.subwordPrefix.count)
      ranks[pair] = BytePairModel.Merge(rank: Int32(rank), id: try id(joined))
    }
    return ranks
  }
}
