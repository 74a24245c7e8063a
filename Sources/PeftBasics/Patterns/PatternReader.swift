/// Hands out a pattern one token at a time: a character, or a backslash with the one after it.
///
/// Python's parser sees a pattern the same way, which is why `\)` cannot end a comment there.
struct PatternReader {
  struct Token: Equatable {
    let scalar: Unicode.Scalar
    let isEscaped: Bool
  }

  private let tokens: [Token]
  /// How many characters precede each token, and how many there are.
  private let offsets: [Int]
  /// The position of the next token, for going back to.
  var position = 0

  /// - Returns: nil when the pattern ends in a lone backslash.
  init?(_ pattern: String) {
    var tokens: [Token] = []
    var offsets = [0]
    var scalars = pattern.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      let isEscaped = scalar == "\\"
      guard let meant = isEscaped ? scalars.next() : scalar else { return nil }
      tokens.append(Token(scalar: meant, isEscaped: isEscaped))
      offsets.append((offsets.last ?? 0) + (isEscaped ? 2 : 1))
    }
    self.tokens = tokens
    self.offsets = offsets
  }

  /// How many characters precede the next token.
  var offset: Int { offsets[position] }

  var peek: Token? { position < tokens.count ? tokens[position] : nil }

  /// The next token if it is a bare character.
  var bare: Unicode.Scalar? { peek.flatMap { $0.isEscaped ? nil : $0.scalar } }

  mutating func next() -> Token? {
    guard let token = peek else { return nil }
    position += 1
    return token
  }

  /// Steps over a bare character, where it is the next token.
  mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard bare == scalar else { return false }
    position += 1
    return true
  }

  /// The bare characters that follow and satisfy a condition, at most `limit` of them.
  mutating func run(_ limit: Int = .max, where accepts: (Unicode.Scalar) -> Bool) -> String {
    var run = String.UnicodeScalarView()
    while run.count < limit, let scalar = bare, accepts(scalar) {
      run.append(scalar)
      position += 1
    }
    return String(run)
  }

  /// Everything up to a bare terminator, which is stepped over; nil when there is none.
  mutating func text(upTo terminator: Unicode.Scalar) -> String? {
    var text = String.UnicodeScalarView()
    while let token = next() {
      if !token.isEscaped, token.scalar == terminator { return String(text) }
      if token.isEscaped { text.append("\\") }
      text.append(token.scalar)
    }
    return nil
  }
}

extension Unicode.Scalar {
  package var isASCIIDigit: Bool { ("0"..."9").contains(self) }
  var isOctalDigit: Bool { ("0"..."7").contains(self) }
  var isHexDigit: Bool { properties.isASCIIHexDigit }
  package var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }

  /// How PCRE2 reads this character as itself, inside a class and outside.
  package var patternLiteral: String {
    switch value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0xA0...: String(self)
    case 0x21...0x7E: "\\" + String(self)
    default: "\\x{" + String(value, radix: 16) + "}"
    }
  }
}
