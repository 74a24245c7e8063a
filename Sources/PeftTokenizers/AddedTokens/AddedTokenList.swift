/// Added tokens with their ids, as they are given out one after another.
struct AddedTokenList {
  private(set) var tokens: [AddedToken] = []
  private var places: [[UInt8]: Int] = [:]
  private var largestID = -1
  private let table: TokenTable
  private let size: Int

  init(_ vocabulary: Vocabulary) {
    table = vocabulary.table
    size = vocabulary.size
  }

  func token(_ content: String) -> AddedToken? {
    places[Array(content.utf8)].map { tokens[$0] }
  }

  /// Appends the tokens of a `tokenizer.json`, which have the ids that `tokenizers` would give them.
  mutating func append(_ sections: [Section]) throws(TokenizerError) {
    var owners: [Int: String] = [:]
    for section in sections {
      let token = try AddedToken(section)
      if token.content.isEmpty { continue }
      let assigned =
        table.id(of: Array(token.content.utf8)) ?? max(size, largestID + 1)
      guard assigned == token.id else {
        throw section.error(
          .idNotAsAssigned(id: token.id, token: token.content, assigned: assigned))
      }
      guard self.token(token.content) == nil else {
        throw section.error(.duplicateToken(token.content))
      }
      if let other = owners.updateValue(token.content, forKey: token.id) {
        throw section.error(.idTaken(id: token.id, token: token.content, other: other))
      }
      append(token)
    }
  }

  private mutating func append(_ token: AddedToken) {
    places[Array(token.content.utf8)] = tokens.count
    tokens.append(token)
    largestID = max(largestID, token.id)
  }

  /// Adds tokens as `Tokenizer.add_tokens` does: each keeps the id that it has, or gets the next one that is
  /// free. A token that is there already takes the new settings, but stays special.
  mutating func add(_ new: [AddedToken]) {
    var next = max(size, largestID + 1)
    for var token in new where !token.content.isEmpty {
      let bytes = Array(token.content.utf8)
      if let place = places[bytes] {
        token.id = tokens[place].id
        token.isSpecial = token.isSpecial || tokens[place].isSpecial
        tokens[place] = token
      } else if let id = table.id(of: bytes) {
        token.id = id
        append(token)
      } else {
        token.id = next
        next += 1
        append(token)
      }
    }
  }
}
