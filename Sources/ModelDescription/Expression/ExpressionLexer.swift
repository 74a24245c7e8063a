import PeftBasics

/// Cuts the text of an expression into words, one at a time.
struct ExpressionLexer {
  enum Token: Equatable {
    case value(DimensionValue)
    case name(String)
    case word(String)
    case symbol(String)
    case end

    /// How a message names it.
    var inMessage: String {
      switch self {
      case .value(.text(let text)): "the text '\(text.inMessage)'"
      case .value(let value): "'\(value)'"
      case .name(let name): "'$\(name.inMessage)'"
      case .word(let word), .symbol(let word): "'\(word.inMessage)'"
      case .end: "the end of the expression"
      }
    }
  }

  private let characters: ArraySlice<Unicode.Scalar>
  private var position: Int

  /// - Parameter characters: The text of the expression; its indices become the offsets of errors.
  init(_ characters: ArraySlice<Unicode.Scalar>) {
    self.characters = characters
    position = characters.startIndex
  }

  private static let symbols = ["//", "==", "!=", "<=", ">="]

  mutating func next() throws(ExpressionError) -> (token: Token, range: Range<Int>) {
    skip { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
    let start = position
    let token = try token()
    return (token, start..<position)
  }

  private mutating func token() throws(ExpressionError) -> Token {
    guard let first = peek() else { return .end }
    if first.isDigit || first == "." && peek(1)?.isDigit == true { return try number() }
    if first == "$" { return try name() }
    if first == "'" { return try quoted() }
    if first.isNameStart {
      let word = text(skip { $0.isNamePart })
      switch word {
      case "true": return .value(.boolean(true))
      case "false": return .value(.boolean(false))
      default: return .word(word)
      }
    }
    let two = text(position..<min(position + 2, characters.endIndex))
    let symbol = Self.symbols.contains(two) ? two : String(first)
    position += symbol.unicodeScalars.count
    return .symbol(symbol)
  }

  private mutating func number() throws(ExpressionError) -> Token {
    let start = position
    skip { $0.isDigit }
    var isInteger = true
    if peek() == "." {
      isInteger = false
      position += 1
      skip { $0.isDigit }
    }
    if peek() == "e" || peek() == "E" {
      let sign = peek(1) == "-" || peek(1) == "+" ? 1 : 0
      if peek(1 + sign)?.isDigit == true {
        isInteger = false
        position += 1 + sign
        skip { $0.isDigit }
      }
    }
    if peek()?.isNamePart == true {
      skip { $0.isNamePart }
      let found = text(start..<position)
      throw syntax(
        "'\(found.inMessage)'", "a number", fix: "put quotes around text", at: start..<position)
    }
    let digits = text(start..<position)
    if isInteger, let value = Int(digits) { return .value(.integer(value)) }
    if !isInteger, let value = Double(digits), value.isFinite { return .value(.number(value)) }
    throw .here(.overflow(digits.inMessage), characters: start..<position)
  }

  private mutating func name() throws(ExpressionError) -> Token {
    let start = position
    position += 1
    guard peek()?.isNameStart == true else {
      let found = peek().map { "'\(String($0).inMessage)'" } ?? Token.end.inMessage
      throw syntax(
        "\(found) after '$'", "a name", fix: "write '$' and a dimension's name, such as '$width'",
        at: start..<position)
    }
    return .name(text(skip { $0.isNamePart }))
  }

  private mutating func quoted() throws(ExpressionError) -> Token {
    let start = position
    position += 1
    let content = skip { $0 != "'" }
    guard peek() != nil else {
      throw syntax(
        Token.end.inMessage, "a closing \"'\"", fix: "put a \"'\" behind the text",
        at: start..<position)
    }
    position += 1
    return .value(.text(text(content)))
  }

  // MARK: - Characters

  private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
    position + distance < characters.endIndex ? characters[position + distance] : nil
  }

  @discardableResult
  private mutating func skip(while condition: (Unicode.Scalar) -> Bool) -> Range<Int> {
    let start = position
    while let character = peek(), condition(character) { position += 1 }
    return start..<position
  }

  private func text(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: characters[range])
    return String(text)
  }

  private func syntax(
    _ found: String, _ expected: String, fix: String, at range: Range<Int>
  ) -> ExpressionError {
    .here(.syntax(found: found, expected: expected, fix: fix), characters: range)
  }
}

extension Unicode.Scalar {
  var isDigit: Bool { ("0"..."9").contains(self) }

  /// Whether a dimension's name can start with it.
  var isNameStart: Bool {
    ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_"
  }

  var isNamePart: Bool { isNameStart || isDigit }
}
