/// What stands inside of a tag.
extension Lexer {
  mutating func readWord() throws {
    let start = position
    let first = characters[position]
    if first.isDigit {
      try readNumber()
    } else if first == "_" || first.properties.isXIDStart {
      while position < characters.count, characters[position].properties.isXIDContinue {
        position += 1
      }
      add(.name(text(start..<position)), from: start)
    } else if first == "'" || first == "\"" {
      try readText(quote: first)
    } else {
      try readSymbol()
    }
  }

  private mutating func readSymbol() throws {
    let start = position
    for length in [2, 1] where position + length <= characters.count {
      guard let symbol = Token.Symbol(rawValue: text(position..<(position + length))) else {
        continue
      }
      position += length
      if let closing = symbol.closing { openBrackets.append(closing) }
      if symbol.isClosing {
        guard let expected = openBrackets.popLast() else {
          throw fault("'\(symbol.rawValue)' closes nothing", from: start)
        }
        guard expected == symbol else {
          throw fault("'\(symbol.rawValue)' where '\(expected.rawValue)' is expected", from: start)
        }
      }
      add(.symbol(symbol), from: start)
      return
    }
    throw fault("'\(characters[start])' has no meaning in a tag", from: start)
  }

  // MARK: Numbers

  private mutating func readNumber() throws {
    let start = position
    if characters[position] == "0", position + 2 < characters.count,
      let radix = ["x": 16, "o": 8, "b": 2][text((position + 1)..<(position + 2)).lowercased()]
    {
      let isDigit = { (character: Unicode.Scalar) in
        Int(String(character), radix: radix) != nil
      }
      position += 2
      let digits = readDigits(isDigit)
      guard let value = Int(digits, radix: radix) else {
        throw fault("a number beyond 63 bits, or without digits", from: start)
      }
      return add(.integer(value), from: start)
    }
    var digits = readDigits(\.isDigit)
    // 'x.1.5' are two subscripts.
    let isSubscript = start > 0 && characters[start - 1] == "."
    var isFloat = false
    if !isSubscript, character(0) == ".", character(1)?.isDigit == true {
      position += 1
      digits += "." + readDigits(\.isDigit)
      isFloat = true
    }
    if !isSubscript, character(0) == "e" || character(0) == "E" {
      let hasSign = character(1) == "+" || character(1) == "-"
      if character(hasSign ? 2 : 1)?.isDigit == true {
        digits += "e" + (hasSign ? "\(characters[position + 1])" : "")
        position += hasSign ? 2 : 1
        digits += readDigits(\.isDigit)
        isFloat = true
      }
    }
    if isFloat, let value = Double(digits) { return add(.float(value), from: start) }
    guard let value = Int(digits) else { throw fault("a number beyond 63 bits", from: start) }
    add(.integer(value), from: start)
  }

  private func character(_ offset: Int) -> Unicode.Scalar? {
    position + offset < characters.count ? characters[position + offset] : nil
  }

  /// Digits, single underscores between them left out.
  private mutating func readDigits(_ isDigit: (Unicode.Scalar) -> Bool) -> String {
    var digits = ""
    while let next = character(0) {
      if next == "_", let after = character(1), isDigit(after) {
        position += 1
      } else if isDigit(next) {
        digits.unicodeScalars.append(next)
        position += 1
      } else {
        break
      }
    }
    return digits
  }

  // MARK: Texts

  private mutating func readText(quote: Unicode.Scalar) throws {
    let start = position
    position += 1
    var text = String.UnicodeScalarView()
    while let next = character(0), next != quote {
      position += 1
      if next == "\\" {
        try text.append(contentsOf: readEscape(from: start))
      } else {
        text.append(next)
      }
    }
    guard position < characters.count else {
      throw fault("the text has no closing quote", from: start)
    }
    position += 1
    add(.text(String(text)), from: start)
  }

  /// What a backslash and what follows it stand for, as in Python.
  private mutating func readEscape(from start: Int) throws -> [Unicode.Scalar] {
    guard let letter = character(0) else { return [] }
    position += 1
    switch letter {
    case "\n": return []
    case "\\", "'", "\"": return [letter]
    case "a": return ["\u{7}"]
    case "b": return ["\u{8}"]
    case "f": return ["\u{C}"]
    case "n": return ["\n"]
    case "r": return ["\r"]
    case "t": return ["\t"]
    case "v": return ["\u{B}"]
    case "x": return [try readCode(digits: 2, from: start)]
    case "u": return [try readCode(digits: 4, from: start)]
    case "U": return [try readCode(digits: 8, from: start)]
    case "N": throw fault("an escape by the name of a character is not supported", from: start)
    case "0"..."7":
      var value = letter.value - 0x30
      var count = 1
      while count < 3, let next = character(0), "0"..."7" ~= next {
        value = value * 8 + next.value - 0x30
        position += 1
        count += 1
      }
      return [Unicode.Scalar(value)!]
    // Python spells a character beyond ASCII out before it looks for escapes: the backslash of that
    // spelling is escaped by the one before it.
    case "\u{80}"..."\u{10FFFF}":
      let (prefix, width) =
        letter.value < 0x100 ? ("x", 2) : letter.value < 0x10000 ? ("u", 4) : ("U", 8)
      let digits = String(letter.value, radix: 16)
      let padding = String(repeating: "0", count: width - digits.count)
      return Array("\\\(prefix)\(padding)\(digits)".unicodeScalars)
    default: return ["\\", letter]
    }
  }

  private mutating func readCode(digits: Int, from start: Int) throws -> Unicode.Scalar {
    let end = position + digits
    guard end <= characters.count,
      characters[position..<end].allSatisfy({ $0.properties.isASCIIHexDigit }),
      let value = UInt32(text(position..<end), radix: 16), let scalar = Unicode.Scalar(value)
    else { throw fault("an escape that is not a character", from: start) }
    position = end
    return scalar
  }
}

extension Unicode.Scalar {
  var isDigit: Bool { "0"..."9" ~= self }

  /// Whether Python takes it for white space.
  var isPythonSpace: Bool {
    switch value {
    case 0x20, 0x09...0x0D, 0x1C...0x1F: true
    case 0x21..<0x85: false
    default: properties.isWhitespace
    }
  }
}
