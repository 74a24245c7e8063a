/// What becomes of the matches where a text is cut.
enum SplitBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"

  init(_ section: Section) throws(TokenizerError) {
    let name = try section.text()
    guard let behavior = Self(rawValue: name) else {
      throw section.error(.unsupported(component: name))
    }
    self = behavior
  }

  /// The pieces of a text of that many bytes, without empty ones.
  /// - Parameter isInverted: What lies between the matches counts as a match, and the reverse.
  func pieces(of count: Int, at matches: [Range<Int>], isInverted: Bool) -> [Range<Int>] {
    var segments: [(range: Range<Int>, isMatch: Bool)] = []
    segments.reserveCapacity(matches.count * 2 + 1)
    var end = 0
    for match in matches {
      if match.lowerBound > end { segments.append((end..<match.lowerBound, isInverted)) }
      segments.append((match, !isInverted))
      end = match.upperBound
    }
    if end < count { segments.append((end..<count, isInverted)) }
    return joined(segments).filter { !$0.isEmpty }
  }

  private func joined(_ segments: [(range: Range<Int>, isMatch: Bool)]) -> [Range<Int>] {
    switch self {
    case .removed: return segments.filter { !$0.isMatch }.map(\.range)
    case .isolated: return segments.map(\.range)
    case .mergedWithPrevious:
      var followsMatch = false
      return segments.reduce(into: []) { pieces, segment in
        if segment.isMatch, !followsMatch, let last = pieces.last {
          pieces[pieces.count - 1] = last.lowerBound..<segment.range.upperBound
        } else {
          pieces.append(segment.range)
        }
        followsMatch = segment.isMatch
      }
    case .mergedWithNext:
      var precedesMatch = false
      let pieces: [Range<Int>] = segments.reversed().reduce(into: []) { pieces, segment in
        if segment.isMatch, !precedesMatch, let last = pieces.last {
          pieces[pieces.count - 1] = segment.range.lowerBound..<last.upperBound
        } else {
          pieces.append(segment.range)
        }
        precedesMatch = segment.isMatch
      }
      return pieces.reversed()
    case .contiguous:
      var followsMatch = false
      return segments.reduce(into: []) { pieces, segment in
        if segment.isMatch == followsMatch, let last = pieces.last {
          pieces[pieces.count - 1] = last.lowerBound..<segment.range.upperBound
        } else {
          pieces.append(segment.range)
        }
        followsMatch = segment.isMatch
      }
    }
  }
}
