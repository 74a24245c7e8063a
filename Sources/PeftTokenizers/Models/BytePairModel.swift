/// Byte-pair encoding: characters, of which neighbours are joined in the order of the merges.
///
/// Paper: Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units",
/// 2016, arXiv:1508.07909.
package struct BytePairModel: Sendable {
  struct Pair: Hashable {
    let left: Int32
    let right: Int32
  }

  struct Merge {
    let rank: Int32
    let id: Int32
  }

  struct Options: Sendable {
    var unknown: String?
    var subwordPrefix: [UInt8] = []
    var wordSuffix: [UInt8] = []
    var fusesUnknown = false
    var fallsBackToBytes = false
    var ignoresMerges = false
  }

  private let table: TokenTable
  private let merges: [Pair: Merge]
  private let options: Options
  /// The token of every byte, `<0x00>` to `<0xFF>`; nil where the vocabulary lacks it.
  private let byteTokens: [Int?]

  init(table: TokenTable, merges: [Pair: Merge], options: Options) {
    self.table = table
    self.merges = merges
    self.options = options
    byteTokens = (0...255).map { table.id(of: Array(byteTokenName($0).utf8)) }
  }

  func tokens(of piece: [UInt8]) throws(EncodingProblem) -> [TokenModel.Match] {
    if options.ignoresMerges, let id = table.id(of: piece) {
      return [TokenModel.Match(id: id, range: piece.indices)]
    }
    var symbols = try symbols(of: piece)
    merge(&symbols)
    var matches: [TokenModel.Match] = []
    for symbol in symbols where !symbol.range.isEmpty {
      matches.append(TokenModel.Match(id: Int(symbol.id), range: symbol.range))
    }
    return matches
  }

  // MARK: Symbols

  /// A token in the making, in a list linked both ways. One that was joined to its left has no range.
  private struct Symbol {
    var id: Int32
    var range: Range<Int>
    var previous: Int
    var next: Int
  }

  private func symbols(of piece: [UInt8]) throws(EncodingProblem) -> [Symbol] {
    var symbols: [Symbol] = []
    symbols.reserveCapacity(piece.count)
    func append(_ id: Int, _ range: Range<Int>) {
      let index = symbols.count
      symbols.append(
        Symbol(id: Int32(id), range: range, previous: index - 1, next: index + 1))
    }
    // What is unknown is held back, to be joined with unknown characters that follow.
    var unknown: (id: Int, range: Range<Int>)?
    var start = 0
    while start < piece.count {
      let range = start..<(start + piece[start].utf8Width)
      start = range.upperBound
      let spelling = spelling(
        of: piece[range], isFirst: range.lowerBound == 0, isLast: start == piece.count)
      if let id = spelling.withUnsafeBufferPointer({ table.id(of: $0) }) {
        if let held = unknown { append(held.id, held.range) }
        unknown = nil
        append(id, range)
      } else if options.fallsBackToBytes, let ids = byteIDs(of: spelling) {
        for (index, id) in ids.enumerated() {
          let byte = range.lowerBound + min(index, range.count - 1)
          append(id, byte..<(byte + 1))
        }
      } else if let token = options.unknown {
        if let held = unknown {
          if options.fusesUnknown {
            unknown = (held.id, held.range.lowerBound..<range.upperBound)
            continue
          }
          append(held.id, held.range)
        }
        guard let id = table.id(of: Array(token.utf8)) else { throw .unknownToken(token) }
        unknown = (id, range)
      }
    }
    if let held = unknown { append(held.id, held.range) }
    return symbols
  }

  private func spelling(of character: ArraySlice<UInt8>, isFirst: Bool, isLast: Bool)
    -> ArraySlice<UInt8>
  {
    var spelling = character
    if !isFirst, !options.subwordPrefix.isEmpty { spelling = options.subwordPrefix + spelling }
    if isLast, !options.wordSuffix.isEmpty { spelling += options.wordSuffix }
    return spelling
  }

  private func byteIDs(of spelling: ArraySlice<UInt8>) -> [Int]? {
    let ids = spelling.compactMap { byteTokens[Int($0)] }
    return ids.count == spelling.count ? ids : nil
  }

  // MARK: Merging

  /// A merge that may be due: of the symbol at a position with the one after it.
  private struct Candidate: Comparable {
    let rank: Int32
    let position: Int
    let id: Int32

    static func < (a: Self, b: Self) -> Bool { (a.rank, a.position) < (b.rank, b.position) }
  }

  /// Joins the pair of the lowest rank, the leftmost first, until no merge fits.
  /// - Complexity: O(n log n).
  private func merge(_ symbols: inout [Symbol]) {
    func candidate(at position: Int) -> Candidate? {
      let next = symbols[position].next
      guard next < symbols.count else { return nil }
      let pair = Pair(left: symbols[position].id, right: symbols[next].id)
      return merges[pair].map { Candidate(rank: $0.rank, position: position, id: $0.id) }
    }
    var heap = Heap(symbols.indices.dropLast().compactMap(candidate))
    while let top = heap.popFirst() {
      let symbol = symbols[top.position]
      // The symbol or its neighbour may have changed since.
      guard !symbol.range.isEmpty, candidate(at: top.position)?.id == top.id else { continue }
      let right = symbols[symbol.next]
      symbols[symbol.next].range = right.range.upperBound..<right.range.upperBound
      symbols[top.position].id = top.id
      symbols[top.position].range = symbol.range.lowerBound..<right.range.upperBound
      symbols[top.position].next = right.next
      if right.next < symbols.count { symbols[right.next].previous = top.position }
      if symbol.previous >= 0, let before = candidate(at: symbol.previous) { heap.insert(before) }
      if let after = candidate(at: top.position) { heap.insert(after) }
    }
  }
}

/// `<0x0A>`, as SentencePiece writes a byte.
func byteTokenName(_ byte: Int) -> String {
  let digits = String(byte, radix: 16, uppercase: true)
  return "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
}
