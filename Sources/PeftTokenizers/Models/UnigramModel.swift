/// Unigram, as SentencePiece has it: of all ways to cut a piece into tokens, the one whose scores add up to
/// the most.
///
/// Paper: Kudo, "Subword Regularization: Improving Neural Network Translation Models with Multiple Subword
/// Candidates", 2018, arXiv:1804.10959.
package struct UnigramModel: Sendable {
  private let table: TokenTable
  private let trie: TokenTrie
  /// By id; the logarithm of a token's probability.
  private let scores: [Double]
  private let unknown: Int?
  private let unknownScore: Double
  /// The token of every byte, `<0x00>` to `<0xFF>`; nil where the vocabulary lacks it, empty where bytes are
  /// not fallen back to.
  private let byteTokens: [Int?]

  /// The longest token of a vocabulary, in bytes: the work on a text grows with it.
  static let longestToken = 512

  /// - Precondition: Ids count the tokens from 0, and `scores` has one for each.
  init(table: TokenTable, scores: [Double], unknown: Int?, fallsBackToBytes: Bool) {
    precondition(scores.count == table.count, "\(table.count) tokens, \(scores.count) scores")
    self.table = table
    self.scores = scores
    self.unknown = unknown
    trie = TokenTrie(table)
    unknownScore = (scores.min() ?? .infinity) - 10
    byteTokens =
      fallsBackToBytes ? (0...255).map { table.id(of: Array(byteTokenName($0).utf8)) } : []
  }

  /// The end of a token on the best way to a place.
  private struct Step {
    var score = 0.0
    var start = -1
    var id = 0

    /// Takes another way where it is better; of two as good the first, which is the longer token.
    mutating func consider(_ score: Double, from start: Int, _ id: Int) {
      guard self.start < 0 || score > self.score else { return }
      self = Step(score: score, start: start, id: id)
    }
  }

  /// - Complexity: O(n · length of the longest token).
  func tokens(of piece: [UInt8]) throws(EncodingProblem) -> [TokenModel.Match] {
    let steps = try bestSteps(through: piece)
    var matches: [TokenModel.Match] = []
    var (end, wasUnknown) = (piece.count, false)
    while end > 0 {
      let step = steps[end]
      let isUnknown = step.id == unknown
      if isUnknown, wasUnknown {
        let last = matches.removeLast()
        matches.append(TokenModel.Match(id: step.id, range: step.start..<last.range.upperBound))
      } else {
        matches.append(TokenModel.Match(id: step.id, range: step.start..<end))
      }
      (end, wasUnknown) = (step.start, isUnknown)
    }
    matches.reverse()
    guard matches.contains(where: { $0.id == unknown }) else { return matches }
    return matches.flatMap { $0.id == unknown ? spelled($0, piece) : [$0] }
  }

  private func bestSteps(through piece: [UInt8]) throws(EncodingProblem) -> [Step] {
    var steps = [Step](repeating: Step(), count: piece.count + 1)
    var start = 0
    while start < piece.count {
      let score = steps[start].score
      let next = start + piece[start].utf8Width
      var isCharacterKnown = false
      var (node, end) = (TokenTrie.root, start)
      while end < piece.count, let child = trie.child(of: node, piece[end]) {
        (node, end) = (child, end + 1)
        guard let id = trie.id(at: node) else { continue }
        steps[end].consider(score + scores[id], from: start, id)
        isCharacterKnown = isCharacterKnown || end == next
      }
      if !isCharacterKnown {
        guard let unknown else { throw .noUnknownToken }
        steps[next].consider(score + unknownScore, from: start, unknown)
      }
      start = next
    }
    return steps
  }

  /// What stands for unknown characters: what they are together, their bytes, or the unknown token.
  private func spelled(_ match: TokenModel.Match, _ piece: [UInt8]) -> [TokenModel.Match] {
    let bytes = piece[match.range]
    if let id = bytes.withUnsafeBufferPointer({ table.id(of: $0) }) {
      return [TokenModel.Match(id: id, range: match.range)]
    }
    let ids = byteTokens.isEmpty ? [] : bytes.compactMap { byteTokens[Int($0)] }
    guard ids.count == bytes.count else { return [match] }
    return ids.map { TokenModel.Match(id: $0, range: match.range) }
  }
}
