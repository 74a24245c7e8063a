/// The added tokens, which have ids in the model's vocabulary or after it, and where a text has them.
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

  init(_ list: AddedTokenList, normalizer: Normalizer?) throws(EncodingProblem) {
    for token in list.tokens {
      byID[token.id] = token
      _ = table.insert(token.content.utf8, id: token.id)
    }
    // Where two tokens look the same once normalised, special ones win, then earlier ones.
    let tokens = list.tokens.filter(\.isSpecial) + list.tokens.filter { !$0.isSpecial }
    raw = TokenMatcher(
      tokens.filter { !$0.isNormalized }.map { (Array($0.content.utf8), $0) })
    var patterns: [(pattern: [UInt8], token: AddedToken)] = []
    for token in tokens where token.isNormalized {
      let content = AlignedText(token.content.utf8)
      let normalized = try normalizer?.normalized(content) ?? content
      patterns.append((normalized.bytes, token))
      if normalized.bytes != content.bytes { changed[token.id] = normalized.bytes }
    }
    normalized = TokenMatcher(patterns)
  }

  var tokens: Dictionary<Int, AddedToken>.Values { byID.values }
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
