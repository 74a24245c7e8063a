import PeftBasics

/// What operators and functions do with values. Whole numbers stay whole as far as they can, and
/// nothing wraps around: a result that does not fit is a problem.
enum Arithmetic {
  static func negative(_ value: DimensionValue) throws(ExpressionProblem) -> DimensionValue {
    switch value {
    case .integer(let value):
      let (result, overflow) = (0).subtractingReportingOverflow(value)
      if overflow { throw .overflow("-(\(value))") }
      return .integer(result)
    case .number(let value): return .number(-value)
    case .boolean, .text: throw .wrongTypes("cannot negate \(value.inMessage)")
    }
  }

  static func condition(
    _ value: DimensionValue, of word: String
  ) throws(ExpressionProblem) -> Bool {
    guard case .boolean(let value) = value else {
      throw .wrongTypes("'\(word)' needs true or false, found \(value.inMessage)")
    }
    return value
  }

  static func apply(
    _ symbol: ExpressionOperator, _ a: DimensionValue, _ b: DimensionValue
  ) throws(ExpressionProblem) -> DimensionValue {
    switch symbol {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return .boolean(try compare(symbol, a, b))
    case .and, .or:
      let first = try condition(a, of: symbol.rawValue)
      let second = try condition(b, of: symbol.rawValue)
      return .boolean(symbol == .and ? first && second : first || second)
    case .add, .subtract, .multiply, .divide, .floorDivide, .remainder: break
    }
    if case .integer(let a) = a, case .integer(let b) = b { return try whole(symbol, a, b) }
    guard let x = a.double, let y = b.double else { throw mismatch(symbol, a, b) }
    return .number(try real(symbol, x, y))
  }

  private static func whole(
    _ symbol: ExpressionOperator, _ a: Int, _ b: Int
  ) throws(ExpressionProblem) -> DimensionValue {
    let shown = "\(a) \(symbol.rawValue) \(b)"
    func checked(_ result: (partialValue: Int, overflow: Bool)) throws(ExpressionProblem) -> Int {
      if result.overflow { throw .overflow(shown) }
      return result.partialValue
    }
    switch symbol {
    case .add: return .integer(try checked(a.addingReportingOverflow(b)))
    case .subtract: return .integer(try checked(a.subtractingReportingOverflow(b)))
    case .multiply: return .integer(try checked(a.multipliedReportingOverflow(by: b)))
    default: break
    }
    guard b != 0 else { throw .divisionByZero(shown) }
    let quotient = try checked(a.dividedReportingOverflow(by: b))
    let remainder = try checked(a.remainderReportingOverflow(dividingBy: b))
    // Swift rounds towards zero; a floor is one lower where the signs differ and something is left.
    let isBelow = remainder != 0 && (remainder < 0) != (b < 0)
    switch symbol {
    case .divide where remainder != 0: return .number(Double(a) / Double(b))
    case .floorDivide where isBelow: return .integer(quotient - 1)
    case .remainder: return .integer(isBelow ? remainder + b : remainder)
    default: return .integer(quotient)
    }
  }

  private static func real(
    _ symbol: ExpressionOperator, _ a: Double, _ b: Double
  ) throws(ExpressionProblem) -> Double {
    let shown = "\(a) \(symbol.rawValue) \(b)"
    let result: Double
    switch symbol {
    case .add: result = a + b
    case .subtract: result = a - b
    case .multiply: result = a * b
    default:
      guard b != 0 else { throw .divisionByZero(shown) }
      switch symbol {
      case .floorDivide: result = (a / b).rounded(.down)
      case .remainder:
        let remainder = a.truncatingRemainder(dividingBy: b)
        result = remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
      default: result = a / b
      }
    }
    if a.isFinite, b.isFinite, !result.isFinite { throw .overflow(shown) }
    return result
  }

  private static func compare(
    _ symbol: ExpressionOperator, _ a: DimensionValue, _ b: DimensionValue
  ) throws(ExpressionProblem) -> Bool {
    if case .integer(let a) = a, case .integer(let b) = b { return ordered(symbol, a, b) }
    if let x = a.double, let y = b.double { return ordered(symbol, x, y) }
    switch (symbol, a, b) {
    case (.equal, .boolean, .boolean), (.equal, .text, .text): return a == b
    case (.notEqual, .boolean, .boolean), (.notEqual, .text, .text): return a != b
    default: throw mismatch(symbol, a, b)
    }
  }

  private static func ordered<T: Comparable>(_ symbol: ExpressionOperator, _ a: T, _ b: T) -> Bool {
    switch symbol {
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    case .notEqual: a != b
    default: a == b
    }
  }

  private static func mismatch(
    _ symbol: ExpressionOperator, _ a: DimensionValue, _ b: DimensionValue
  ) -> ExpressionProblem {
    let (verb, joint) = symbol.words
    return .wrongTypes("cannot \(verb) \(a.inMessage) \(joint) \(b.inMessage)")
  }
}

extension Arithmetic {
  static func call(
    _ function: ExpressionFunction, _ arguments: [DimensionValue]
  ) throws(ExpressionProblem) -> DimensionValue {
    if function == .entry { return try entry(arguments) }
    if function == .count {
      return .integer("\(arguments.first ?? .text(""))".split(separator: " ").count)
    }
    for argument in arguments where argument.double == nil {
      throw .wrongTypes("\(function.rawValue)() needs numbers, found \(argument.inMessage)")
    }
    guard var best = arguments.first else { return .integer(0) }
    switch function {
    case .min, .max:
      let isBetter: ExpressionOperator = function == .min ? .less : .greater
      for other in arguments.dropFirst() where try compare(isBetter, other, best) { best = other }
      return best
    case .floor: return try rounded(best, .down, "floor")
    case .ceil: return try rounded(best, .up, "ceil")
    case .sqrt: return try root(best)
    case .if, .entry, .count: return best
    }
  }

  private static func entry(
    _ arguments: [DimensionValue]
  ) throws(ExpressionProblem) -> DimensionValue {
    guard arguments.count == 2, let place = arguments[1].exactInteger else {
      throw .wrongTypes("entry() needs a list and a whole number")
    }
    let entries = "\(arguments[0])".split(separator: " ")
    guard entries.indices.contains(place) else { throw .noEntry(place, count: entries.count) }
    let text = String(entries[place])
    return switch Scalar(text: text, isQuoted: false).value {
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .bool(let value): .boolean(value)
    default: .text(text)
    }
  }

  private static func rounded(
    _ value: DimensionValue, _ rule: FloatingPointRoundingRule, _ name: String
  ) throws(ExpressionProblem) -> DimensionValue {
    guard case .number(let number) = value else { return value }
    guard let result = Int(exactly: number.rounded(rule)) else {
      throw .overflow("\(name)(\(value))")
    }
    return .integer(result)
  }

  private static func root(_ value: DimensionValue) throws(ExpressionProblem) -> DimensionValue {
    let number = value.double ?? 0
    guard number >= 0 else { throw .rootOfNegative("\(value)") }
    let root = number.squareRoot()
    if case .integer(let whole) = value, let exact = Int(exactly: root) {
      let (square, overflow) = exact.multipliedReportingOverflow(by: exact)
      if !overflow, square == whole { return .integer(exact) }
    }
    return .number(root)
  }
}
