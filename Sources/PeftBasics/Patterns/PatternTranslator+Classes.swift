extension PatternTranslator {
  /// Reads a class after its opening bracket. There are no `[:alpha:]` in Python: `[` is a member.
  mutating func characterClass(_ mode: Mode) throws(PatternError) {
    let start = reader.offset
    var members = reader.skip("^") ? "[^" : "["
    var isEmpty = true
    while true {
      if !isEmpty, reader.skip("]") { break }
      let first = try member(start)
      isEmpty = false
      guard reader.skip("-") else {
        members += spelling(of: first, mode)
        continue
      }
      if reader.skip("]") {
        members += spelling(of: first, mode) + "\\-"
        break
      }
      let last = try member(start)
      guard case .literal(let low) = first, case .literal(let high) = last, low <= high else {
        throw invalid("a class has a range without a first and last character", at: start)
      }
      members += low.patternLiteral + "-" + high.patternLiteral
    }
    output += members + "]"
  }

  private mutating func member(_ start: Int) throws(PatternError) -> Escaped {
    guard let token = reader.peek else { throw invalid("a class has no end", at: start) }
    if token.isEscaped { return try classEscape() }
    reader.position += 1
    return .literal(token.scalar)
  }

  private func spelling(of member: Escaped, _ mode: Mode) -> String {
    switch member {
    case .literal(let scalar): scalar.patternLiteral
    case .category(let category): category.members(isASCII: mode.isASCII)
    }
  }
}
