import PeftBasics

extension Evaluator {
  func value(of expression: Expression) throws -> Value {
    // The most frequent kinds need no frame of their own.
    if case .constant(let constant) = expression.kind { return Value(constant) }
    return try at(expression.place) { try evaluate(expression) }
  }

  private func evaluate(_ expression: Expression) throws -> Value {
    switch expression.kind {
    case .constant(let constant): return Value(constant)
    case .name(let name): return named(name)
    case .list(let elements): return .list(try self.elements(elements))
    case .tuple(let elements): return .tuple(try self.elements(elements))
    case .map(let members): return try map(members)
    case .attribute(let object, let name): return try attribute(name, of: value(of: object))
    case .item(let object, let key): return try item(value(of: key), of: value(of: object))
    case .slice(let object, let start, let end, let step):
      return try slice(of: object, start, end, step)
    case .call(let callee, let arguments): return try call(callee, arguments)
    case .filter(let operand, let name, let arguments):
      return try filter(operand.map { try value(of: $0) } ?? .text(""), name, arguments)
    case .test(let operand, let name, let arguments):
      return .bool(try test(operand, name, arguments))
    case .not(let operand): return .bool(try !value(of: operand).isTrue)
    case .negative(let operand):
      return try Arithmetic(budget: budget).negative(value(of: operand))
    case .positive(let operand):
      return try Arithmetic(budget: budget).positive(value(of: operand))
    case .binary(let sign, let left, let right):
      return try Arithmetic(budget: budget).result(value(of: left), sign, value(of: right))
    case .joined(let parts): return .text(try joined(parts))
    case .comparison(let first, let rest): return .bool(try compare(first, rest))
    case .and(let left, let right):
      let value = try value(of: left)
      return value.isTrue ? try self.value(of: right) : value
    case .or(let left, let right):
      let value = try value(of: left)
      return value.isTrue ? value : try self.value(of: right)
    case .conditional(let test, let then, let otherwise):
      if try value(of: test).isTrue { return try value(of: then) }
      return try otherwise.map { try value(of: $0) }
        ?? .undefined(Undefined(reason: "the condition is false, and there is no 'else'"))
    }
  }

  private func named(_ name: String) -> Value {
    if let value = scope.value(of: name) { return value }
    if let function = Function(rawValue: name) { return .function(function) }
    return .undefined(Undefined(reason: "'\(name.shown)' is undefined"))
  }

  private func elements(_ expressions: [Expression]) throws -> Elements {
    try budget.make(expressions.count * Budget.elementBytes)
    return try Elements(expressions.map { try value(of: $0) })
  }

  private func map(_ members: [(key: Expression, value: Expression)]) throws -> Value {
    try budget.make(members.count * 4 * Budget.elementBytes)
    var values = Members()
    for (key, value) in members {
      try values.set(Key(self.value(of: key), budget), self.value(of: value))
    }
    return .map(values)
  }

  private func joined(_ parts: [Expression]) throws -> String {
    var text = ""
    for part in parts {
      let piece = try Printing.text(of: value(of: part), budget)
      try budget.make(text: text.utf8.count + piece.utf8.count)
      text += piece
    }
    return text
  }

  private func compare(_ first: Expression, _ rest: [(Comparison, Expression)]) throws -> Bool {
    var left = try value(of: first)
    let comparing = Comparing(budget: budget)
    for (comparison, operand) in rest {
      let right = try value(of: operand)
      guard try comparing.compare(left, comparison, right) else { return false }
      left = right
    }
    return true
  }

  // MARK: Filters and tests

  func filter(
    _ operand: Value, _ name: String, _ arguments: Expression.Arguments
  ) throws -> Value {
    try filter(operand, name, self.arguments(arguments))
  }

  func filter(_ operand: Value, _ name: String, _ arguments: Arguments) throws -> Value {
    guard let filter = FilterCatalog.all[name] else {
      throw FilterCatalog.missing(name)
    }
    return try filter.body(self, operand, arguments)
  }

  /// A text through a chain of filters whose first one has no operand.
  func filtered(_ value: Value, by chain: Expression?) throws -> Value {
    guard let chain, case .filter(let inner, let name, let arguments) = chain.kind else {
      return value
    }
    let operand = try filtered(value, by: inner)
    return try at(chain.place) { try filter(operand, name, arguments) }
  }

  private func test(
    _ operand: Expression, _ name: String, _ arguments: Expression.Arguments
  ) throws -> Bool {
    try test(value(of: operand), name, self.arguments(arguments))
  }

  func test(_ value: Value, _ name: String, _ arguments: Arguments) throws -> Bool {
    guard let test = TestCatalog.all[name] else {
      throw Fault.wrong("there is no test '\(name.shown)'")
    }
    return try test.body(self, value, arguments)
  }
}
