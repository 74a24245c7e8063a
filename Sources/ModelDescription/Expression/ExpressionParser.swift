import ModelGraph
import PeftBasics

/// Builds the tree of an expression, operators that bind tighter first.
struct ExpressionParser {
  private var lexer: ExpressionLexer
  private var token: ExpressionLexer.Token = .end
  private var range = 0..<0
  private var depth = 0

  private static let deepest = 64
  private static let longest = 4096

  static func parse(
    _ characters: ArraySlice<Unicode.Scalar>
  ) throws(ExpressionError) -> ExpressionTerm {
    guard characters.count <= longest else {
      throw .here(.tooLong(limit: longest), characters: characters.indices)
    }
    var parser = ExpressionParser(lexer: ExpressionLexer(characters))
    try parser.advance()
    let term = try parser.term(bindingAtLeast: 0)
    if parser.token != .end { throw parser.unexpected("an operator or the end") }
    return term.term
  }

  private init(lexer: ExpressionLexer) { self.lexer = lexer }

  /// A term with how many levels it has: long sums grow deep as well as parentheses do.
  private typealias Part = (term: ExpressionTerm, range: Range<Int>, depth: Int)

  private mutating func term(bindingAtLeast least: Int) throws(ExpressionError) -> Part {
    depth += 1
    defer { depth -= 1 }
    try check(depth, at: range)
    var left = try operand(bindingAtLeast: least)
    while let found = infix(), found.precedence >= least {
      try advance()
      let right = try term(bindingAtLeast: found.precedence + 1)
      let whole = left.range.lowerBound..<right.range.upperBound
      let levels = max(left.depth, right.depth) + 1
      try check(levels, at: whole)
      left = (.operation(found, left.term, right.term, whole), whole, levels)
    }
    return left
  }

  private func infix() -> ExpressionOperator? {
    switch token {
    case .symbol(let text), .word(let text): ExpressionOperator(rawValue: text)
    default: nil
    }
  }

  private mutating func operand(bindingAtLeast least: Int) throws(ExpressionError) -> Part {
    let (found, start) = (token, range)
    switch found {
    case .value(let value):
      try advance()
      return (.constant(value), start, 1)
    case .name(let name):
      try advance()
      return (.name(name, start), start, 1)
    case .symbol("-"):
      try advance()
      let inner = try term(bindingAtLeast: 7)
      let whole = start.lowerBound..<inner.range.upperBound
      return (.negative(inner.term, whole), whole, inner.depth + 1)
    case .symbol("("):
      try advance()
      let inner = try term(bindingAtLeast: 0)
      let end = try close("')' for the '(' before it")
      return (inner.term, start.lowerBound..<end, inner.depth)
    case .word("not") where least <= ExpressionOperator.notPrecedence:
      try advance()
      let inner = try term(bindingAtLeast: ExpressionOperator.notPrecedence)
      let whole = start.lowerBound..<inner.range.upperBound
      return (.not(inner.term, whole), whole, inner.depth + 1)
    case .word(let word): return try call(word, from: start)
    case .symbol, .end: throw unexpected("a number, '$name' or '('")
    }
  }

  private mutating func call(
    _ word: String, from start: Range<Int>
  ) throws(ExpressionError) -> Part {
    guard let function = ExpressionFunction(rawValue: word) else { throw unknownWord(word) }
    try advance()
    guard token == .symbol("(") else { throw unexpected("'(' after '\(word)'") }
    try advance()
    var arguments: [ExpressionTerm] = []
    var levels = 0
    while token != .symbol(")") {
      let argument = try term(bindingAtLeast: 0)
      arguments.append(argument.term)
      levels = max(levels, argument.depth)
      guard token == .symbol(",") else { break }
      try advance()
    }
    let whole = start.lowerBound..<(try close("',' or ')'"))
    let (expected, accepts) = function.arguments
    guard accepts(arguments.count) else {
      let problem = ExpressionProblem.wrongArguments(
        function: word, found: arguments.count, expected: expected)
      throw .here(problem, characters: whole)
    }
    return (.call(function, arguments, whole), whole, levels + 1)
  }

  // MARK: - Steps and mistakes

  private mutating func advance() throws(ExpressionError) {
    (token, range) = try lexer.next()
  }

  private mutating func close(_ expected: String) throws(ExpressionError) -> Int {
    guard token == .symbol(")") else { throw unexpected(expected) }
    let end = range.upperBound
    try advance()
    return end
  }

  private func check(_ levels: Int, at range: Range<Int>) throws(ExpressionError) {
    guard levels <= Self.deepest else {
      throw .here(.tooDeep(limit: Self.deepest), characters: range)
    }
  }

  private func unexpected(_ expected: String) -> ExpressionError {
    let fix =
      switch token {
      case .symbol("="): "compare with '=='"
      case .symbol("&"): "write 'and'"
      case .symbol("|"): "write 'or'"
      case .symbol("!"): "write 'not'"
      case .symbol("\""): "put text into single quotes"
      case .symbol("{"): "write '$name' without braces; '${…}' belongs into names"
      default: "write something like '3 * $width'"
      }
    return .here(
      .syntax(found: token.inMessage, expected: expected, fix: fix), characters: range)
  }

  private func unknownWord(_ word: String) -> ExpressionError {
    let functions = ExpressionFunction.allCases.map(\.rawValue)
    let fix =
      if let nearest = Spelling.nearest(to: word, among: functions + ["true", "false", "not"]) {
        "did you mean '\(nearest)'?"
      } else {
        "write '$\(word.inMessage)' for a dimension, or put quotes around text"
      }
    return .here(
      .syntax(found: "the word '\(word.inMessage)'", expected: "a number or '$name'", fix: fix),
      characters: range)
  }
}
