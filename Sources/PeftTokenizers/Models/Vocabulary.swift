import PeftBasics

/// The tokens of a file, with what its models need beside them.
struct Vocabulary {
  /// What errors call the file, and where in it they say the tokens are.
  let path: String
  let place: String
  private(set) var table = TokenTable()
  /// By id; none where the file has only ids.
  private(set) var scores: [Double] = []
  var merges: [(left: [UInt8], right: [UInt8])] = []

  init(path: String, place: String = "model") {
    self.path = path
    self.place = place
  }

  /// Tokens of our own, all of them different.
  init(path: String, tokens: [String]) {
    self.init(path: path)
    for token in tokens { table.append(token.utf8) }
  }

  func error(_ reason: TokenizerError.Reason, at member: String) -> TokenizerError {
    let part = place.isEmpty ? member : member.isEmpty ? place : "\(place).\(member)"
    return TokenizerError(reason: reason, path: path, part: part)
  }

  /// How many tokens there are, as `tokenizers` counts them: lines that say the same are one.
  var size: Int { scores.isEmpty ? table.distinctCount : table.count }

  // MARK: Reading

  mutating func insert(_ token: String, id: Int) throws(TokenizerError) {
    try checkLength(token)
    switch table.insert(token.utf8, id: id) {
    case .inserted: break
    case .duplicate: throw error(.duplicateToken(token), at: "vocab")
    case .idTaken(let other):
      throw error(
        .idTaken(id: id, token: token, other: String(decoding: other, as: UTF8.self)), at: "vocab")
    }
  }

  /// Appends a token to a vocabulary that is a list: the last of equal ones counts.
  mutating func append(_ token: String, score: Double? = nil) throws(TokenizerError) {
    try checkLength(token)
    guard table.count <= TokenTable.largestID else {
      throw error(.badID("\(table.count)", limit: TokenTable.largestID), at: "vocab")
    }
    table.append(token.utf8)
    if let score { scores.append(score) }
  }

  private func checkLength(_ token: String) throws(TokenizerError) {
    guard token.utf8.count <= TokenTable.longestToken else {
      throw error(
        .tokenTooLong(bytes: token.utf8.count, limit: TokenTable.longestToken), at: "vocab")
    }
  }

  /// Appends a merge that is written as two tokens with a space between them.
  mutating func appendMerge(_ text: String) throws(TokenizerError) {
    let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    if text.utf8.starts(with: "#version".utf8) { return }
    guard parts.count == 2 else {
      throw error(.mergeIsNoPair(text), at: "merges[\(merges.count)]")
    }
    merges.append((Array(parts[0]), Array(parts[1])))
  }

  // MARK: Models

  func wordPiece(
    unknown: String, subwordPrefix: [UInt8] = Array("##".utf8), longestWord: Int = 100
  ) throws(TokenizerError) -> TokenModel {
    guard table.longest <= WordPieceModel.longestToken else {
      throw error(
        .tokenTooLong(bytes: table.longest, limit: WordPieceModel.longestToken), at: "")
    }
    return .wordPiece(
      WordPieceModel(
        table: table, unknown: unknown, subwordPrefix: subwordPrefix, longestWord: longestWord))
  }

  func unigram(unknown: Int?, fallsBackToBytes: Bool = false) throws(TokenizerError) -> TokenModel {
    guard scores.count == table.count else {
      throw error(.wrongKind(found: "ids", expected: "tokens with their scores"), at: "vocab")
    }
    guard table.longest <= UnigramModel.longestToken else {
      throw error(
        .tokenTooLong(bytes: table.longest, limit: UnigramModel.longestToken), at: "vocab")
    }
    if let unknown, unknown >= table.count {
      throw error(.unknownTokenOutOfRange(unknown, count: table.count), at: "unk_id")
    }
    return .unigram(
      UnigramModel(
        table: table, scores: scores, unknown: unknown, fallsBackToBytes: fallsBackToBytes))
  }

  func bytePair(_ options: BytePairModel.Options) throws(TokenizerError) -> TokenModel {
    .bytePair(BytePairModel(table: table, merges: try ranks(options), options: options))
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
