/// Finds tokens in a text from left to right, at each place the longest.
struct TokenMatcher: Sendable {
  private struct Node {
    var children: [UInt8: Int32] = [:]
    var token: Int32 = -1
  }

  private var nodes = [Node()]
  private var tokens: [AddedToken] = []
  /// Whether a token begins with this byte.
  private var begins = [Bool](repeating: false, count: 256)

  init(_ patterns: [(pattern: [UInt8], token: AddedToken)]) {
    for (pattern, token) in patterns {
      guard let first = pattern.first else { continue }
      begins[Int(first)] = true
      var node = 0
      for byte in pattern {
        if let child = nodes[node].children[byte] {
          node = Int(child)
        } else {
          nodes[node].children[byte] = Int32(nodes.count)
          node = nodes.count
          nodes.append(Node())
        }
      }
      guard nodes[node].token < 0 else { continue }
      nodes[node].token = Int32(tokens.count)
      tokens.append(token)
    }
  }

  /// - Complexity: O(n) for texts without tokens, at worst O(n · length of the longest token).
  func parts(of text: AlignedText) -> [AddedTokens.Part] {
    guard !text.isEmpty else { return [] }
    guard !tokens.isEmpty else { return [.text(text)] }
    var parts: [AddedTokens.Part] = []
    var end = 0
    text.bytes.withUnsafeBufferPointer { bytes in
      var position = 0
      while position < bytes.count {
        guard begins[Int(bytes[position])], let match = longest(in: bytes, at: position) else {
          position += 1
          continue
        }
        let place = position..<match.end
        position = match.end
        guard let range = extent(of: match.token, at: place, in: bytes, after: end) else {
          continue
        }
        if end < range.lowerBound { parts.append(.text(text[end..<range.lowerBound])) }
        parts.append(.token(match.token, text[range]))
        end = range.upperBound
      }
    }
    if end < text.count { parts.append(.text(text[end..<text.count])) }
    return parts
  }

  private func longest(
    in bytes: UnsafeBufferPointer<UInt8>, at start: Int
  ) -> (token: AddedToken, end: Int)? {
    var found: (AddedToken, Int)?
    var (node, end) = (0, start)
    while end < bytes.count, let child = nodes[node].children[bytes[end]] {
      node = Int(child)
      end += 1
      if nodes[node].token >= 0 { found = (tokens[Int(nodes[node].token)], end) }
    }
    return found
  }

  /// What the token covers with the spaces it takes along; nil where it is no word by itself.
  private func extent(
    of token: AddedToken, at place: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>,
    after previous: Int
  ) -> Range<Int>? {
    // Spaces that the token before took along are not looked at again.
    var (start, end) = (max(place.lowerBound, previous), max(place.upperBound, previous))
    if token.singleWord {
      let isFree =
        (place.lowerBound == 0 || !bytes.scalar(before: place.lowerBound).isWord)
        && (place.upperBound == bytes.count || !bytes.scalar(at: place.upperBound).isWord)
      guard isFree else { return nil }
    }
    if token.stripsLeft {
      while start > previous, bytes.scalar(before: start).isSpace {
        start -= 1
        while !bytes[start].beginsCharacter { start -= 1 }
      }
    }
    if token.stripsRight {
      while end < bytes.count, bytes.scalar(at: end).isSpace { end += bytes[end].utf8Width }
    }
    return start..<end
  }
}
