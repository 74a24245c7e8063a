extension PatternTranslator {
  /// Reads `*`, `+`, `?` or `{low,high}` with a `?` (lazy) or `+` (possessive) after it.
  ///
  /// - Returns: The bounds, without `high` where there is none; nil where the brace is just a brace.
  mutating func repeatBounds() throws(PatternError) -> (low: Int, high: Int?)? {
    guard let token = reader.next() else { return nil }
    let bounds: (low: Int, high: Int?)
    switch token.scalar {
    case "*":
      bounds = (0, nil)
      output += "*"
    case "+":
      bounds = (1, nil)
      output += "+"
    case "?":
      bounds = (0, 1)
      output += "?"
    default:
      guard let written = try bracedBounds() else { return nil }
      bounds = written
      output += "{\(bounds.low),\(bounds.high.map(String.init) ?? "")}"
    }
    if reader.skip("?") {
      output += "?"
    } else if reader.skip("+") {
      output += "+"
    }
    return bounds
  }

  /// What follows an opening brace: `3}`, `3,}`, `,3}`, `3,5}` or `,}`; anything else is text.
  private mutating func bracedBounds() throws(PatternError) -> (low: Int, high: Int?)? {
    let start = reader.position
    if reader.bare == "}" { return nil }
    let low = reader.run { $0.isASCIIDigit }
    let hasComma = reader.skip(",")
    let high = hasComma ? reader.run { $0.isASCIIDigit } : low
    guard reader.skip("}") else {
      reader.position = start
      return nil
    }
    let least = low.isEmpty ? 0 : Int(low) ?? .max
    let most = high.isEmpty ? nil : Int(high) ?? .max
    if let most, most < least { throw invalid("a repeat has its limits the wrong way round") }
    guard least <= Self.mostRepeats else { throw tooManyRepeats }
    // No text is long enough for a larger limit to differ from none.
    return (least, most.flatMap { $0 <= Self.mostRepeats ? $0 : nil })
  }

  /// PCRE2's limit.
  private static var mostRepeats: Int { 65_535 }

  private var tooManyRepeats: PatternError {
    PatternError(
      pattern: pattern,
      reason: .tooLong(limit: "a repeat asks for more than \(Self.mostRepeats) times"))
  }
}
