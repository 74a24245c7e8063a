/// A token that is found in the text before the model sees it.
struct AddedToken: Sendable {
  let id: Int
  let content: String
  let isSpecial: Bool
  let singleWord: Bool
  let stripsLeft: Bool
  let stripsRight: Bool
  /// Whether it is looked for in the normalised text, itself normalised.
  let isNormalized: Bool

  init(_ section: Section) throws(TokenizerError) {
    try section.allow([
      "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special",
    ])
    id = try section["id"].id()
    content = try section.text("content")
    guard content.utf8.count <= TokenTable.longestToken else {
      throw section.error(
        .tokenTooLong(bytes: content.utf8.count, limit: TokenTable.longestToken))
    }
    isSpecial = try section.flag("special")
    singleWord = try section.flag("single_word")
    stripsLeft = try section.flag("lstrip")
    stripsRight = try section.flag("rstrip")
    isNormalized = try section.flag("normalized")
  }
}

/// The added tokens, which have ids in the model's vocabulary or after it.
struct AddedTokens: Sendable {
  private var byID: [Int: AddedToken] = [:]
  private var table = TokenTable()
  /// Tokens that normalisation changes, by id.
  private var changed: [Int: [UInt8]] = [:]
  private let raw: TokenMatcher
  private let normalized: TokenMatcher

  static let none = AddedTokens()

  private init() {
    raw = TokenMatcher([])
    normalized = TokenMatcher([])
  }

  init(
    _ sections: [Section], table: TokenTable, normalizer: Normalizer?
  ) throws(TokenizerError) {
    var tokens: [AddedToken] = []
    var last: Int?
    for section in sections {
      let token = try AddedToken(section)
      if token.content.isEmpty { continue }
      let known = table.id(of: Array(token.content.utf8))
      let assigned = known ?? max(table.count, (last ?? -1) + 1)
      guard assigned == token.id else {
        throw section.error(
          .idNotAsAssigned(id: token.id, token: token.content, assigned: assigned))
      }
      switch self.table.insert(token.content.utf8, id: token.id) {
      case .inserted: break
      case .duplicate: throw section.error(.duplicateToken(token.content))
      case .idTaken(let other):
        throw section.error(
          .idTaken(
            id: token.id, token: token.content, other: String(decoding: other, as: UTF8.self)))
      }
      last = max(last ?? 0, token.id)
      byID[token.id] = token
      tokens.append(token)
    }
    // Where two tokens look the same once normalised, special ones win, then earlier ones.
    tokens = tokens.filter(\.isSpecial) + tokens.filter { !$0.isSpecial }
    raw = TokenMatcher(
      tokens.filter { !$0.isNormalized }.map { (Array($0.content.utf8), $0) })
    var patterns: [(pattern: [UInt8], token: AddedToken)] = []
    for token in tokens where token.isNormalized {
      let content = AlignedText(token.content.utf8)
      do throws(EncodingProblem) {
        let normalized = try normalizer?.normalized(content) ?? content
        patterns.append((normalized.bytes, token))
        if normalized.bytes != content.bytes { changed[token.id] = normalized.bytes }
      } catch {
        throw TokenizerError(error, path: sections[0].path)
      }
    }
    normalized = TokenMatcher(patterns)
  }

  var ids: Dictionary<Int, AddedToken>.Keys { byID.keys }
  func token(_ id: Int) -> AddedToken? { byID[id] }
  func id(of token: [UInt8]) -> Int? { table.id(of: token) }

  /// What a token decodes to.
  func text(of token: AddedToken) -> [UInt8] { changed[token.id] ?? Array(token.content.utf8) }

  /// A part of a text: an added token, or what the model is to see.
  enum Part {
    case token(AddedToken, AlignedText)
    case text(AlignedText)
  }

  /// Cuts a text at its added tokens, and normalises the rest.
  func parts(
    of text: AlignedText, normalizer: Normalizer?
  ) throws(EncodingProblem) -> [Part] {
    var parts: [Part] = []
    for part in raw.parts(of: text) {
      guard case .text(let rest) = part else {
        parts.append(part)
        continue
      }
      parts += normalized.parts(of: try normalizer?.normalized(rest) ?? rest)
    }
    return parts
  }
}
