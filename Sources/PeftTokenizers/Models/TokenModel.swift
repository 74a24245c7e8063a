/// Turns one piece of a text into tokens.
package enum TokenModel: Sendable {
  case bytePair(BytePairModel)
  case wordPiece(WordPieceModel)
  case wordLevel(WordLevelModel)
  case unigram(UnigramModel)
  case bytes

  /// A token and which bytes of the piece it covers.
  struct Match {
    let id: Int
    let range: Range<Int>
  }

  func tokens(of piece: [UInt8]) throws(EncodingProblem) -> [Match] {
    switch self {
    case .bytePair(let model): try model.tokens(of: piece)
    case .wordPiece(let model): try model.tokens(of: piece)
    case .wordLevel(let model): try model.tokens(of: piece)
    case .unigram(let model): try model.tokens(of: piece)
    case .bytes: piece.indices.map { Match(id: Int(piece[$0]), range: $0..<($0 + 1)) }
    }
  }
}
