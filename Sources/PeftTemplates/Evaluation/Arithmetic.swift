import PeftPlatform

/// Python's operators on values.
struct Arithmetic {
  let budget: Budget

  func result(_ a: Value, _ sign: BinaryOperator, _ b: Value) throws -> Value {
    if case .undefined(let undefined) = a { throw undefined.fault }
    if case .undefined(let undefined) = b { throw undefined.fault }
    switch (a, sign, b) {
    case (.text(let a), .add, .text(let b)):
      try budget.make(text: a.utf8.count + b.utf8.count)
      return .text(a + b)
    case (.list(let a), .add, .list(let b)): return .list(try joined(a, b))
    case (.tuple(let a), .add, .tuple(let b)): return .tuple(try joined(a, b))
    case (.text(let format), .modulo, _):
      let operands = if case .tuple(let elements) = b { elements.items } else { [b] }
      var formatting = Formatting(budget: budget, operands: operands)
      return .text(try formatting.text(format))
    case (_, .multiply, _):
      if let repeated = try repeated(a, b) ?? repeated(b, a) { return repeated }
    default: break
    }
    if let x = a.asInteger, let y = b.asInteger { return try result(x, sign, y) }
    if let x = a.number, let y = b.number { return try result(x, sign, y) }
    if case .longInteger = a { throw Self.overflow }
    if case .longInteger = b { throw Self.overflow }
    throw Fault.wrong(
      "'\(sign.rawValue)' has no meaning between '\(a.typeName)' and '\(b.typeName)'")
  }

  func negative(_ value: Value) throws -> Value {
    try result(.integer(0), .subtract, value, orFloat: { .float(-$0) })
  }

  func positive(_ value: Value) throws -> Value {
    try result(.integer(0), .add, value, orFloat: { .float($0) })
  }

  private func result(
    _ zero: Value, _ sign: BinaryOperator, _ value: Value, orFloat float: (Double) -> Value
  ) throws -> Value {
    if case .float(let number) = value { return float(number) }
    return try result(zero, sign, value)
  }

  private static let overflow = Fault.wrong("a whole number beyond 64 bits")

  // MARK: Numbers

  private func result(_ a: Int, _ sign: BinaryOperator, _ b: Int) throws -> Value {
    switch sign {
    case .add: return .integer(try checked(a.addingReportingOverflow(b)))
    case .subtract: return .integer(try checked(a.subtractingReportingOverflow(b)))
    case .multiply: return .integer(try checked(a.multipliedReportingOverflow(by: b)))
    case .divide:
      try checkDivisor(b == 0)
      return .float(Double(a) / Double(b))
    case .floorDivide:
      try checkDivisor(b == 0)
      let quotient = try checked(a.dividedReportingOverflow(by: b))
      return .integer(a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient)
    case .modulo:
      try checkDivisor(b == 0)
      if b == -1 { return .integer(0) }
      let rest = a % b
      return .integer(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
    case .power: return try power(a, b)
    }
  }

  private func power(_ base: Int, _ exponent: Int) throws -> Value {
    guard exponent >= 0 else { return try result(Double(base), .power, Double(exponent)) }
    switch base {
    case 0: return .integer(exponent == 0 ? 1 : 0)
    case 1: return .integer(1)
    case -1: return .integer(exponent.isMultiple(of: 2) ? 1 : -1)
    default:
      guard exponent < Int.bitWidth else { throw Self.overflow }
      var product = 1
      for _ in 0..<exponent { product = try checked(product.multipliedReportingOverflow(by: base)) }
      return .integer(product)
    }
  }

  private func checked(_ result: (partialValue: Int, overflow: Bool)) throws -> Int {
    if result.overflow { throw Self.overflow }
    return result.partialValue
  }

  private func checkDivisor(_ isZero: Bool) throws {
    if isZero { throw Fault.wrong("a division by zero") }
  }

  private func result(_ a: Double, _ sign: BinaryOperator, _ b: Double) throws -> Value {
    switch sign {
    case .add: return .float(a + b)
    case .subtract: return .float(a - b)
    case .multiply: return .float(a * b)
    case .divide:
      try checkDivisor(b == 0)
      return .float(a / b)
    case .floorDivide:
      try checkDivisor(b == 0)
      let rest = Self.modulo(a, b)
      return .float(((a - rest) / b).rounded())
    case .modulo:
      try checkDivisor(b == 0)
      return .float(Self.modulo(a, b))
    case .power:
      try checkDivisor(a == 0 && b < 0)
      guard a >= 0 || b.rounded() == b else {
        throw Fault.wrong("a power that is no real number")
      }
      return .float(pow(a, b))
    }
  }

  /// The rest of a division, with the divisor's sign.
  private static func modulo(_ a: Double, _ b: Double) -> Double {
    let rest = fmod(a, b)
    if rest == 0 { return Double(signOf: b, magnitudeOf: 0) }
    return (rest < 0) != (b < 0) ? rest + b : rest
  }

  // MARK: Texts and lists

  private func joined(_ a: Elements, _ b: Elements) throws -> Elements {
    try budget.make((a.items.count + b.items.count) * Budget.elementBytes)
    return try Elements(a.items + b.items)
  }

  /// A text or a list as often as a number says; nil for other values.
  private func repeated(_ value: Value, _ times: Value) throws -> Value? {
    guard let times = times.asInteger.map({ max(0, $0) }) else { return nil }
    switch value {
    case .text(let text):
      try budget.make(text: Self.product(text.utf8.count, times))
      return .text(String(repeating: text, count: text.isEmpty ? 0 : times))
    case .list(let elements): return .list(try repeated(elements, times))
    case .tuple(let elements): return .tuple(try repeated(elements, times))
    default: return nil
    }
  }

  private func repeated(_ elements: Elements, _ times: Int) throws -> Elements {
    let count = Self.product(elements.items.count, times)
    try budget.make(Self.product(count, Budget.elementBytes))
    var items: [Value] = []
    items.reserveCapacity(count)
    if count > 0 { for _ in 0..<times { items += elements.items } }
    return elements.part(items)
  }

  /// The product, or the largest number there is.
  private static func product(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }
}
