import PeftBasics

/// Reads statements from a template's tokens.
struct Parser {
  let source: SourceFile
  private let tokens: [Token]
  private var index = 0
  private var depth = 0
  private var marksGeneration = false
  /// Where the tags whose blocks are open start.
  private var openTags: [Place] = []
  /// Loops around the present place that `break` can leave.
  private var loops = 0
  /// For every macro around the present place, which of the special names it mentions.
  var mentions: [Set<String>] = []

  /// A template's statements, and whether there is a `generation` tag among them.
  static func statements(
    of source: SourceFile
  ) throws -> (statements: [Statement], marksGeneration: Bool) {
    var parser = Parser(source: source, tokens: try Lexer.tokens(of: source))
    let statements = try parser.body(until: [])
    return (statements, parser.marksGeneration)
  }

  private init(source: SourceFile, tokens: [Token]) {
    (self.source, self.tokens) = (source, tokens)
  }

  // MARK: Tokens

  var current: Token { tokens[index] }
  var following: Token { tokens[min(index + 1, tokens.count - 1)] }
  var previousPlace: Place { tokens[max(0, index - 1)].place }

  @discardableResult
  mutating func advance() -> Token {
    let token = tokens[index]
    if index < tokens.count - 1 { index += 1 }
    return token
  }

  func isSymbol(_ symbol: Token.Symbol) -> Bool { current.kind == .symbol(symbol) }

  func isWord(_ word: String) -> Bool {
    if case .name(let name) = current.kind { name == word } else { false }
  }

  mutating func take(_ symbol: Token.Symbol) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func take(word: String) -> Bool {
    guard isWord(word) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: Token.Symbol) throws {
    guard take(symbol) else { throw unexpected("'\(symbol.rawValue)'") }
  }

  mutating func expectName() throws -> String {
    guard case .name(let name) = current.kind else { throw unexpected("a name") }
    advance()
    return name
  }

  private mutating func expect(_ kind: Token.Kind, _ shown: String) throws {
    guard current.kind == kind else { throw unexpected(shown) }
    advance()
  }

  func unexpected(_ expected: String) -> TemplateError {
    fault("\(current.shown) where \(expected) is expected", at: current.place)
  }

  func fault(_ problem: String, at place: Place) -> TemplateError {
    error(.syntax(problem), at: place)
  }

  func error(_ reason: TemplateError.Reason, at place: Place) -> TemplateError {
    TemplateError(reason: reason, range: source.range(place))
  }

  /// Reads something that may hold the same again.
  mutating func nested<Result>(_ read: (inout Parser) throws -> Result) throws -> Result {
    guard depth < TemplateLimits.templateDepth else {
      let limit = TemplateLimits.templateDepth
      throw error(.limit("more than \(limit) levels of brackets and blocks"), at: current.place)
    }
    depth += 1
    defer { depth -= 1 }
    return try read(&self)
  }

  // MARK: Blocks

  /// Everything up to one of these words in a tag, the word itself not.
  private mutating func body(until ends: [String]) throws -> [Statement] {
    try nested { parser in try parser.statements(until: ends) }
  }

  private mutating func statements(until ends: [String]) throws -> [Statement] {
    var statements: [Statement] = []
    while true {
      let token = current
      switch token.kind {
      case .data(let text):
        advance()
        statements.append(Statement(kind: .text(text), place: token.place))
      case .printStart:
        advance()
        let value = try tupleOrExpression()
        try expect(.printEnd, "'}}'")
        statements.append(Statement(kind: .print(value), place: token.place.through(value.place)))
      case .statementStart:
        advance()
        guard case .name(let word) = current.kind else { throw unexpected("the name of a tag") }
        if ends.contains(word) { return statements }
        openTags.append(token.place.through(current.place))
        defer { openTags.removeLast() }
        try statements.append(statement(word))
        try expect(.statementEnd, "'%}'")
      default:
        guard ends.isEmpty else {
          throw fault("the block has no '\(ends.last!)'", at: openTags.last ?? token.place)
        }
        return statements
      }
    }
  }

  /// The body of a block whose tag ends here, up to the word that ends it.
  private mutating func block(until ends: String...) throws -> (body: [Statement], end: String) {
    _ = take(.colon)
    try expect(.statementEnd, "'%}'")
    let body = try body(until: ends)
    return (body, try expectName())
  }

  private mutating func block(endingAt end: String) throws -> [Statement] {
    try block(until: end).body
  }

  /// The body of a macro, which no `break` leaves, and the special names in it.
  private mutating func macroBody(
    endingAt end: String
  ) throws -> (body: [Statement], mentions: Set<String>) {
    let outer = loops
    loops = 0
    mentions.append([])
    defer { loops = outer }
    let body = try block(endingAt: end)
    let found = mentions.removeLast()
    // What an inner macro mentions, an outer one passes on.
    if !mentions.isEmpty { mentions[mentions.count - 1].formUnion(found) }
    return (body, found)
  }

  // MARK: Statements

  private mutating func statement(_ word: String) throws -> Statement {
    let start = current.place
    let kind: Statement.Kind
    switch word {
    case "if": kind = try branches()
    case "for": kind = .forLoop(try forLoop())
    case "set": kind = try assignment()
    case "macro": kind = .macro(try macro())
    case "call": kind = try callBlock()
    case "filter":
      advance()
      let filter = try filters(of: nil, startsInline: true)
      kind = .filterBlock(filter, body: try block(endingAt: "endfilter"))
    case "with": kind = try with()
    case "print":
      advance()
      kind = .print(try tupleOrExpression())
    case "generation":
      advance()
      marksGeneration = true
      kind = .generation(try macroBody(endingAt: "endgeneration").body)
    case "break", "continue":
      advance()
      guard loops > 0 else { throw fault("'\(word)' outside of a loop", at: start) }
      kind = word == "break" ? .breakLoop : .continueLoop
    case "include", "import", "from", "extends", "block", "autoescape":
      throw error(.unsupported("the tag '\(word)'"), at: start)
    default:
      throw fault("there is no tag '\(word.shown)', or not here", at: start)
    }
    return Statement(kind: kind, place: start)
  }

  private mutating func branches() throws -> Statement.Kind {
    var branches: [(test: Expression, body: [Statement])] = []
    while true {
      advance()
      let test = try tupleOrExpression(hasConditions: false)
      let (body, end) = try block(until: "elif", "else", "endif")
      branches.append((test, body))
      // 'block' has taken the word that ended it; 'elif' is read on from there.
      if end == "elif" {
        index -= 1
        continue
      }
      return .branches(branches, otherwise: end == "else" ? try block(endingAt: "endif") : [])
    }
  }

  private mutating func forLoop() throws -> Statement.ForLoop {
    advance()
    let target = try target(endingAt: "in")
    guard take(word: "in") else { throw unexpected("'in'") }
    let sequence = try tupleOrExpression(hasConditions: false, endingAt: "recursive")
    let test = take(word: "if") ? try expression() : nil
    let isRecursive = take(word: "recursive")
    loops += 1
    let (body, end) = try block(until: "else", "endfor")
    loops -= 1
    let otherwise = end == "else" ? try block(endingAt: "endfor") : []
    return Statement.ForLoop(
      target: target, sequence: sequence, test: test, isRecursive: isRecursive, body: body,
      otherwise: otherwise)
  }

  private mutating func assignment() throws -> Statement.Kind {
    advance()
    let target = try target(hasAttributes: true)
    if take(.assign) { return .set(target, try tupleOrExpression()) }
    let filter = isSymbol(.pipe) ? try filters(of: nil) : nil
    return .setBlock(target, filter: filter, body: try block(endingAt: "endset"))
  }

  private mutating func macro() throws -> Statement.Macro {
    advance()
    let name = try expectName()
    let parameters = try parameters()
    let (body, mentions) = try macroBody(endingAt: "endmacro")
    return Statement.Macro(name: name, parameters: parameters, body: body, mentions: mentions)
  }

  private mutating func callBlock() throws -> Statement.Kind {
    advance()
    let parameters = isSymbol(.openParenthesis) ? try parameters() : []
    let call = try expression()
    guard case .call = call.kind else { throw fault("a call is expected here", at: call.place) }
    let (body, mentions) = try macroBody(endingAt: "endcall")
    return .callBlock(
      Statement.Macro(name: nil, parameters: parameters, body: body, mentions: mentions),
      call: call)
  }

  private mutating func parameters() throws -> [(name: String, initial: Expression?)] {
    var parameters: [(name: String, initial: Expression?)] = []
    try expect(.openParenthesis)
    while !isSymbol(.closeParenthesis) {
      if !parameters.isEmpty { try expect(.comma) }
      let place = current.place
      let name = try expectName()
      let initial = take(.assign) ? try expression() : nil
      if initial == nil, parameters.last?.initial != nil {
        throw fault("'\(name)' needs a default value, as the one before it has one", at: place)
      }
      parameters.append((name, initial))
    }
    try expect(.closeParenthesis)
    return parameters
  }

  private mutating func with() throws -> Statement.Kind {
    advance()
    var values: [(target: Statement.Target, value: Expression)] = []
    while current.kind != .statementEnd, !isSymbol(.colon) {
      if !values.isEmpty { try expect(.comma) }
      let target = try target()
      try expect(.assign)
      values.append((target, try expression()))
    }
    return .with(values, body: try block(endingAt: "endwith"))
  }

  // MARK: Targets

  private mutating func target(
    endingAt end: String? = nil, hasAttributes: Bool = false
  ) throws -> Statement.Target {
    var targets: [Statement.Target] = []
    var isTuple = false
    while end.map({ !isWord($0) }) ?? true, current.kind != .statementEnd,
      !isSymbol(.closeParenthesis)
    {
      try targets.append(singleTarget(hasAttributes: hasAttributes))
      guard take(.comma) else { break }
      isTuple = true
    }
    guard let first = targets.first else { throw unexpected("a name") }
    return isTuple ? .tuple(targets) : first
  }

  private mutating func singleTarget(hasAttributes: Bool) throws -> Statement.Target {
    if take(.openParenthesis) {
      let target = try nested { try $0.target(hasAttributes: hasAttributes) }
      try expect(.closeParenthesis)
      return target
    }
    let place = current.place
    let name = try expectName()
    if hasAttributes, take(.dot) { return .attribute(try expectName(), of: name) }
    if ["true", "false", "none", "True", "False", "None"].contains(name) {
      throw fault("'\(name)' cannot be set", at: place)
    }
    return .name(name)
  }
}

extension SourceFile {
  func range(_ place: Place) -> SourceRange {
    SourceRange(file: self, from: place.range.lowerBound, to: place.range.upperBound)
  }
}
