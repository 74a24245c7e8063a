/// Expressions, with the precedence that jinja2 gives them: conditions, `or`, `and`, `not`, comparisons,
/// `+ -`, `~`, `* / // %`, `**`, signs, then filters and tests.
extension Parser {
  /// An expression, or several with commas between them.
  mutating func tupleOrExpression(
    hasConditions: Bool = true, endingAt end: String? = nil, isInParentheses: Bool = false
  ) throws -> Expression {
    let start = current.place
    var elements: [Expression] = []
    var isTuple = false
    while !endsTuple(end) {
      try elements.append(hasConditions ? expression() : disjunction())
      guard take(.comma) else { break }
      isTuple = true
    }
    if !isTuple, let only = elements.first { return only }
    guard isTuple || isInParentheses else { throw unexpected("an expression") }
    return Expression(kind: .tuple(elements), place: start.through(previousPlace))
  }

  private func endsTuple(_ end: String?) -> Bool {
    switch current.kind {
    case .printEnd, .statementEnd, .symbol(.closeParenthesis): true
    default: end.map(isWord) ?? false
    }
  }

  mutating func expression() throws -> Expression {
    try nested { parser in
      var value = try parser.disjunction()
      var count = 0
      while parser.take(word: "if") {
        try parser.count(&count)
        let test = try parser.disjunction()
        let otherwise = parser.take(word: "else") ? try parser.expression() : nil
        value = Expression(
          kind: .conditional(test: test, then: value, otherwise: otherwise),
          place: value.place.through(parser.previousPlace))
      }
      return value
    }
  }

  /// Counts operators in a row: the tree gets as deep as they are many.
  private func count(_ count: inout Int) throws {
    count += 1
    let limit = TemplateLimits.templateChain
    if count > limit {
      throw error(.limit("more than \(limit) operators in a row"), at: current.place)
    }
  }

  // MARK: Logic

  private mutating func disjunction() throws -> Expression {
    var value = try conjunction()
    var count = 0
    while take(word: "or") {
      try self.count(&count)
      let right = try conjunction()
      value = Expression(kind: .or(value, right), place: value.place.through(right.place))
    }
    return value
  }

  private mutating func conjunction() throws -> Expression {
    var value = try negation()
    var count = 0
    while take(word: "and") {
      try self.count(&count)
      let right = try negation()
      value = Expression(kind: .and(value, right), place: value.place.through(right.place))
    }
    return value
  }

  private mutating func negation() throws -> Expression {
    let start = current.place
    guard take(word: "not") else { return try comparison() }
    let operand = try nested { try $0.negation() }
    return Expression(kind: .not(operand), place: start.through(operand.place))
  }

  private mutating func comparison() throws -> Expression {
    let first = try binary(.sum)
    var rest: [(Comparison, Expression)] = []
    while let comparison = takeComparison() { rest.append((comparison, try binary(.sum))) }
    guard let last = rest.last else { return first }
    return Expression(kind: .comparison(first, rest), place: first.place.through(last.1.place))
  }

  private mutating func takeComparison() -> Comparison? {
    if take(word: "in") { return .isIn }
    if isWord("not"), following.kind == .name("in") {
      advance()
      advance()
      return .isNotIn
    }
    guard case .symbol(let symbol) = current.kind, symbol != .tilde,
      let comparison = Comparison(rawValue: symbol.rawValue)
    else { return nil }
    advance()
    return comparison
  }

  // MARK: Arithmetic

  private enum Level { case sum, joining, product, power }

  private mutating func binary(_ level: Level) throws -> Expression {
    switch level {
    case .sum: return try chain([.plus: .add, .minus: .subtract]) { try $0.binary(.joining) }
    case .joining: return try joining()
    case .product:
      return try chain([
        .times: .multiply, .divide: .divide, .floorDivide: .floorDivide, .modulo: .modulo,
      ]) { try $0.binary(.power) }
    case .power: return try chain([.power: .power]) { try $0.unary() }
    }
  }

  private mutating func chain(
    _ operators: [Token.Symbol: BinaryOperator], _ operand: (inout Parser) throws -> Expression
  ) throws -> Expression {
    var value = try operand(&self)
    var count = 0
    while case .symbol(let symbol) = current.kind, let binary = operators[symbol] {
      try self.count(&count)
      advance()
      let right = try operand(&self)
      value = Expression(
        kind: .binary(binary, value, right), place: value.place.through(right.place))
    }
    return value
  }

  private mutating func joining() throws -> Expression {
    let first = try binary(.product)
    var parts = [first]
    while take(.tilde) { parts.append(try binary(.product)) }
    guard parts.count > 1 else { return first }
    return Expression(
      kind: .joined(parts), place: first.place.through(parts[parts.count - 1].place))
  }

  private mutating func unary(hasFilters: Bool = true) throws -> Expression {
    let start = current.place
    var value: Expression
    if isSymbol(.minus) || isSymbol(.plus) {
      let isNegative = advance().kind == .symbol(.minus)
      let operand = try nested { try $0.unary(hasFilters: false) }
      value = Expression(
        kind: isNegative ? .negative(operand) : .positive(operand),
        place: start.through(operand.place))
    } else {
      value = try primary()
    }
    value = try suffixes(of: value)
    return hasFilters ? try filtersAndTests(of: value) : value
  }

  // MARK: Values

  private mutating func primary() throws -> Expression {
    let token = current
    let kind: Expression.Kind
    switch token.kind {
    case .name(let name):
      advance()
      kind = named(name)
    case .text(let text):
      advance()
      var whole = text
      while case .text(let more) = current.kind {
        whole += more
        advance()
      }
      kind = .constant(.text(whole))
    case .integer(let number):
      advance()
      kind = .constant(.integer(number))
    case .float(let number):
      advance()
      kind = .constant(.float(number))
    case .symbol(.openParenthesis):
      advance()
      let value = try tupleOrExpression(isInParentheses: true)
      try expect(.closeParenthesis)
      return value
    case .symbol(.openBracket):
      kind = .list(try elements())
    case .symbol(.openBrace):
      kind = .map(try members())
    default: throw unexpected("an expression")
    }
    return Expression(kind: kind, place: token.place.through(previousPlace))
  }

  private mutating func named(_ name: String) -> Expression.Kind {
    switch name {
    case "true", "True": return .constant(.bool(true))
    case "false", "False": return .constant(.bool(false))
    case "none", "None": return .constant(.null)
    default:
      if ["caller", "varargs", "kwargs"].contains(name), !mentions.isEmpty {
        mentions[mentions.count - 1].insert(name)
      }
      return .name(name)
    }
  }

  private mutating func elements() throws -> [Expression] {
    advance()
    var elements: [Expression] = []
    while !isSymbol(.closeBracket) {
      if !elements.isEmpty { try expect(.comma) }
      if isSymbol(.closeBracket) { break }
      elements.append(try expression())
    }
    try expect(.closeBracket)
    return elements
  }

  private mutating func members() throws -> [(key: Expression, value: Expression)] {
    advance()
    var members: [(key: Expression, value: Expression)] = []
    while !isSymbol(.closeBrace) {
      if !members.isEmpty { try expect(.comma) }
      if isSymbol(.closeBrace) { break }
      let key = try expression()
      try expect(.colon)
      members.append((key, try expression()))
    }
    try expect(.closeBrace)
    return members
  }

  // MARK: Suffixes

  /// Attributes, subscripts and calls.
  private mutating func suffixes(of value: Expression) throws -> Expression {
    var value = value
    var count = 0
    while let next = try suffix(of: value) {
      try self.count(&count)
      value = next
    }
    return value
  }

  private mutating func suffix(of value: Expression) throws -> Expression? {
    let kind: Expression.Kind
    switch current.kind {
    case .symbol(.dot):
      advance()
      switch current.kind {
      case .name(let name): kind = .attribute(value, name)
      case .integer(let number):
        kind = .item(
          value, Expression(kind: .constant(.integer(number)), place: current.place))
      default: throw unexpected("a name")
      }
      advance()
    case .symbol(.openBracket): kind = try subscripted(value)
    case .symbol(.openParenthesis): kind = .call(value, try arguments())
    default: return nil
    }
    return Expression(kind: kind, place: value.place.through(previousPlace))
  }

  private mutating func subscripted(_ value: Expression) throws -> Expression.Kind {
    advance()
    let start = isSymbol(.colon) ? nil : try expression()
    if let start, !isSymbol(.colon) {
      var elements = [start]
      while take(.comma) { elements.append(try expression()) }
      try expect(.closeBracket)
      guard elements.count > 1 else { return .item(value, start) }
      return .item(
        value,
        Expression(kind: .tuple(elements), place: start.place.through(previousPlace)))
    }
    try expect(.colon)
    let isEnd = isSymbol(.colon) || isSymbol(.closeBracket)
    let end = isEnd ? nil : try expression()
    let step = take(.colon) && !isSymbol(.closeBracket) ? try expression() : nil
    try expect(.closeBracket)
    return .slice(value, start: start, end: end, step: step)
  }

  private mutating func arguments() throws -> Expression.Arguments {
    try expect(.openParenthesis)
    var arguments = Expression.Arguments()
    var isFirst = true
    while !isSymbol(.closeParenthesis) {
      if !isFirst { try expect(.comma) }
      if isSymbol(.closeParenthesis) { break }
      isFirst = false
      let place = current.place
      if take(.times) {
        guard arguments.spread == nil, arguments.spreadNames == nil else {
          throw fault("'*' is given twice, or after '**'", at: place)
        }
        arguments.spread = try expression()
      } else if take(.power) {
        guard arguments.spreadNames == nil else { throw fault("'**' is given twice", at: place) }
        arguments.spreadNames = try expression()
      } else if case .name(let name) = current.kind, following.kind == .symbol(.assign) {
        advance()
        advance()
        arguments.named.append((name, try expression()))
      } else {
        guard arguments.named.isEmpty, arguments.spread == nil, arguments.spreadNames == nil else {
          throw fault("an argument without a name after one that has a name", at: place)
        }
        arguments.positional.append(try expression())
      }
    }
    try expect(.closeParenthesis)
    return arguments
  }

  // MARK: Filters and tests

  private mutating func filtersAndTests(of value: Expression) throws -> Expression {
    var value = value
    var count = 0
    while true {
      if isSymbol(.pipe) {
        value = try filters(of: value)
      } else if isWord("is") {
        value = try test(of: value)
      } else if isSymbol(.openParenthesis) {
        let arguments = try arguments()
        value = Expression(
          kind: .call(value, arguments), place: value.place.through(previousPlace))
      } else {
        return value
      }
      try self.count(&count)
    }
  }

  /// Filters behind a value, or in a block's tag.
  /// - Parameter startsInline: Whether the first one has no `|` before it.
  mutating func filters(of value: Expression?, startsInline: Bool = false) throws -> Expression {
    var value = value
    var startsInline = startsInline
    var count = 0
    while startsInline || isSymbol(.pipe) {
      if !startsInline { advance() }
      startsInline = false
      try self.count(&count)
      let place = current.place
      let name = try dottedName()
      let arguments = isSymbol(.openParenthesis) ? try arguments() : Expression.Arguments()
      value = Expression(kind: .filter(value, name, arguments), place: place)
    }
    return value!
  }

  private mutating func dottedName() throws -> String {
    var name = try expectName()
    while take(.dot) { name += "." + (try expectName()) }
    return name
  }

  private mutating func test(of value: Expression) throws -> Expression {
    advance()
    let isNegated = take(word: "not")
    let name = try dottedName()
    var arguments = Expression.Arguments()
    switch current.kind {
    case .symbol(.openParenthesis): arguments = try self.arguments()
    case .name("else"), .name("or"), .name("and"): break
    case .name("is"): throw fault("tests cannot follow each other", at: current.place)
    case .name, .text, .integer, .float, .symbol(.openBracket), .symbol(.openBrace):
      let operand = try nested { parser in
        let operand = try parser.primary()
        return try parser.suffixes(of: operand)
      }
      arguments.positional = [operand]
    default: break
    }
    let place = value.place.through(previousPlace)
    let test = Expression(kind: .test(value, name, arguments), place: place)
    return isNegated ? Expression(kind: .not(test), place: place) : test
  }
}
