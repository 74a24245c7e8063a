/// A word of a template.
struct Token {
  enum Kind: Equatable {
    /// Text outside of tags.
    case data(String)
    case printStart, printEnd
    case statementStart, statementEnd
    case name(String)
    case text(String)
    case integer(Int)
    case float(Double)
    case symbol(Symbol)
    case end
  }

  enum Symbol: String, CaseIterable {
    case floorDivide = "//"
    case power = "**"
    case equal = "=="
    case notEqual = "!="
    case greaterOrEqual = ">="
    case lessOrEqual = "<="
    case plus = "+"
    case minus = "-"
    case divide = "/"
    case times = "*"
    case modulo = "%"
    case tilde = "~"
    case openBracket = "["
    case closeBracket = "]"
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBrace = "{"
    case closeBrace = "}"
    case greater = ">"
    case less = "<"
    case assign = "="
    case dot = "."
    case colon = ":"
    case pipe = "|"
    case comma = ","
    case semicolon = ";"

    /// The bracket that closes this one.
    var closing: Symbol? {
      switch self {
      case .openBracket: .closeBracket
      case .openParenthesis: .closeParenthesis
      case .openBrace: .closeBrace
      default: nil
      }
    }

    var isClosing: Bool {
      self == .closeBracket || self == .closeParenthesis || self == .closeBrace
    }
  }

  let kind: Kind
  let place: Place

  /// As messages have it.
  var shown: String {
    switch kind {
    case .data: "text"
    case .printStart: "'{{'"
    case .printEnd: "'}}'"
    case .statementStart: "'{%'"
    case .statementEnd: "'%}'"
    case .name(let name): "'\(name)'"
    case .text: "a text"
    case .integer, .float: "a number"
    case .symbol(let symbol): "'\(symbol.rawValue)'"
    case .end: "the end of the template"
    }
  }
}

/// Characters (Unicode scalars) of a template, by their offsets.
struct Place: Sendable {
  private let start: UInt32
  private let end: UInt32

  init(_ start: Int, _ end: Int) {
    self.start = UInt32(clamping: start)
    self.end = UInt32(clamping: end)
  }

  var range: Range<Int> { Int(start)..<Int(max(start, end)) }

  /// From the start of this one to the end of another.
  func through(_ other: Place) -> Place { Place(Int(start), Int(other.end)) }
}
