/// WordPiece, as BERT uses it: the longest token that fits, then the longest that fits the rest.
package struct WordPieceModel: Sendable {
  let table: TokenTable
  let unknown: String
  /// What the vocabulary writes before a token that continues a word.
  let subwordPrefix: [UInt8]
  let longestWord: Int

  /// The longest token of a vocabulary, in bytes: the work on a word grows with its square.
  static let longestToken = 256

  func tokens(of piece: [UInt8]) throws(EncodingProblem) -> [TokenModel.Match] {
    var matches: [TokenModel.Match] = []
    var start = 0
    let isTooLong = piece.count(where: \.beginsCharacter) > longestWord
    while !isTooLong, start < piece.count {
      guard let match = longestMatch(in: piece, at: start) else { break }
      matches.append(match)
      start = match.range.upperBound
    }
    if start == piece.count, !isTooLong { return matches }
    guard let id = table.id(of: Array(unknown.utf8)) else { throw .unknownToken(unknown) }
    return [TokenModel.Match(id: id, range: piece.indices)]
  }

  private func longestMatch(in piece: [UInt8], at start: Int) -> TokenModel.Match? {
    let prefix = start == 0 ? [] : subwordPrefix
    let candidate = prefix + piece[start...].prefix(table.longest)
    var count = min(candidate.count, table.longest)
    while count > prefix.count {
      let end = start + count - prefix.count
      let isWhole = end == piece.count || piece[end].beginsCharacter
      let id =
        isWhole
        ? candidate.withUnsafeBufferPointer {
          table.id(of: UnsafeBufferPointer(rebasing: $0[..<count]))
        } : nil
      if let id { return TokenModel.Match(id: id, range: start..<end) }
      count -= 1
    }
    return nil
  }
}

/// Whole pieces as tokens.
package struct WordLevelModel: Sendable {
  let table: TokenTable
  let unknown: String

  func tokens(of piece: [UInt8]) throws(EncodingProblem) -> [TokenModel.Match] {
    guard let id = table.id(of: piece) ?? table.id(of: Array(unknown.utf8)) else {
      throw .unknownToken(unknown)
    }
    return [TokenModel.Match(id: id, range: piece.indices)]
  }
}
