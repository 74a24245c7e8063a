extension PatternTranslator {
  /// What a backslash and the characters after it can stand for.
  enum Escaped {
    case literal(Unicode.Scalar)
    case category(PatternCategory)
  }

  /// Reads an escape outside a class.
  mutating func escape(
    _ mode: Mode
  ) throws(PatternError) -> (item: Item, width: PatternWidth) {
    guard let token = reader.next() else { return (.nothing, .zero) }
    switch token.scalar {
    case "A", "Z":
      output += token.scalar == "A" ? "\\A" : "\\z"
      return (.anchor, .zero)
    case "b", "B":
      output += boundary(isNegated: token.scalar == "B", mode)
      return (.anchor, .zero)
    case "1"..."9": return (.atom, try numberedReference(token.scalar))
    default:
      switch try common(token.scalar) {
      case .literal(let scalar): write(literal: scalar)
      case .category(let category): output += "[" + category.members(isASCII: mode.isASCII) + "]"
      }
      return (.atom, .one)
    }
  }

  /// Reads an escape inside a class, where `\b` is the backspace.
  mutating func classEscape() throws(PatternError) -> Escaped {
    guard let token = reader.next() else { throw invalid("a class has no end") }
    switch token.scalar {
    case "b": return .literal("\u{8}")
    case "1"..."7": return .literal(try octal(String(token.scalar)))
    default: return try common(token.scalar)
    }
  }

  /// The escapes that mean the same inside a class and outside.
  private mutating func common(_ scalar: Unicode.Scalar) throws(PatternError) -> Escaped {
    if let category = PatternCategory(scalar) { return .category(category) }
    switch scalar {
    case "a": return .literal("\u{7}")
    case "f": return .literal("\u{C}")
    case "n": return .literal("\n")
    case "r": return .literal("\r")
    case "t": return .literal("\t")
    case "v": return .literal("\u{B}")
    case "x": return .literal(try hex(digits: 2, "\\x"))
    case "u": return .literal(try hex(digits: 4, "\\u"))
    case "U": return .literal(try hex(digits: 8, "\\U"))
    case "0": return .literal(try octal("0"))
    case "N": throw unsupported("a character by its name, \\N{…}; write \\uXXXX")
    default:
      if scalar.isASCIILetter || scalar.isASCIIDigit { throw invalid("no escape \\\(scalar)") }
      return .literal(scalar)
    }
  }

  private mutating func hex(digits: Int, _ name: String) throws(PatternError) -> Unicode.Scalar {
    let text = reader.run(digits) { $0.isHexDigit }
    guard text.unicodeScalars.count == digits, let value = UInt32(text, radix: 16) else {
      throw invalid("\(name) needs \(digits) hexadecimal digits")
    }
    if let scalar = Unicode.Scalar(value) { return scalar }
    throw value > 0x10FFFF
      ? invalid("\(name)\(text) is no character") : unsupported("half of a surrogate pair")
  }

  /// Up to two more octal digits after a first one.
  private mutating func octal(_ first: String) throws(PatternError) -> Unicode.Scalar {
    try octal(digits: first + reader.run(2) { $0.isOctalDigit })
  }

  private func octal(digits: String) throws(PatternError) -> Unicode.Scalar {
    guard let value = UInt8(digits, radix: 8) else {
      throw invalid("\\\(digits) is above the largest octal escape, \\377")
    }
    return Unicode.Scalar(value)
  }

  /// `\1` to `\99` name groups; three octal digits are a character instead.
  private mutating func numberedReference(
    _ first: Unicode.Scalar
  ) throws(PatternError) -> PatternWidth {
    var digits = String(first)
    if let second = reader.bare, second.isASCIIDigit {
      reader.position += 1
      digits.unicodeScalars.append(second)
      if first.isOctalDigit, second.isOctalDigit, let third = reader.bare, third.isOctalDigit {
        reader.position += 1
        digits.unicodeScalars.append(third)
        write(literal: try octal(digits: digits))
        return .one
      }
    }
    return try reference(to: Int(digits) ?? .max)
  }

  /// `\b` and `\B`, of which Python says that neither matches in an empty text.
  private func boundary(isNegated: Bool, _ mode: Mode) -> String {
    guard mode.isASCII else { return isNegated ? "(?:(?!\\A\\z)\\B)" : "\\b" }
    let word = "[0-9A-Za-z_]"
    return isNegated
      ? "(?:(?!\\A\\z)(?:(?<=\(word))(?=\(word))|(?<!\(word))(?!\(word))))"
      : "(?:(?<=\(word))(?!\(word))|(?<!\(word))(?=\(word)))"
  }
}
