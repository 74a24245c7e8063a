import PeftPlatform

/// Filters that make numbers.
enum NumberFilters {
  static let all: [String: Filter] = [
    "int": Filter("default", "base", body: integer),
    "float": Filter("default") { _, value, arguments in
      switch value {
      case .undefined(let undefined): throw undefined.fault
      case .text(let text):
        return number(text).map(Value.float) ?? arguments[0] ?? .float(0)
      default: return value.number.map(Value.float) ?? arguments[0] ?? .float(0)
      }
    },
    "abs": Filter { evaluator, value, _ in
      switch value {
      case .float(let number): return .float(number.magnitude)
      case .undefined(let undefined): throw undefined.fault
      default:
        guard let number = value.asInteger else {
          throw Fault.wrong("'abs' needs a number, not '\(value.typeName)'")
        }
        return number < 0
          ? try Arithmetic(budget: evaluator.budget).negative(.integer(number)) : .integer(number)
      }
    },
    "round": Filter("precision", "method", body: round),
  ]

  private static func integer(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Bound
  ) throws -> Value {
    let initial = arguments[0] ?? .integer(0)
    switch value {
    case .undefined(let undefined): throw undefined.fault
    case .longInteger: return value
    case .text(let text):
      if let number = whole(text, base: try arguments.integer(1) ?? 10) { return .integer(number) }
      return number(text).flatMap(truncated) ?? initial
    default:
      if let number = value.asInteger { return .integer(number) }
      return value.number.flatMap(truncated) ?? initial
    }
  }

  private static func truncated(_ number: Double) -> Value? {
    Int(exactly: number.rounded(.towardZero)).map(Value.integer)
  }

  /// What Python's `int` reads.
  private static func whole(_ text: String, base: Int) -> Int? {
    var digits = text.stripped(nil)
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)]
    where base == radix && digits.lowercased().hasPrefix(prefix) {
      digits.removeFirst(2)
    }
    guard let plain = withoutUnderscores(digits), 2...36 ~= base,
      plain.first.map({ $0 != "-" && $0 != "+" }) ?? false
    else { return nil }
    return Int((isNegative ? "-" : "") + plain, radix: base)
  }

  /// What Python's `float` reads.
  private static func number(_ text: String) -> Double? {
    let stripped = text.stripped(nil).lowercased()
    guard let plain = withoutUnderscores(stripped), !plain.contains("x"), !plain.contains("p"),
      !plain.contains("(")
    else { return nil }
    return Double(plain)
  }

  /// Underscores may stand between digits.
  private static func withoutUnderscores(_ digits: String) -> String? {
    guard digits.utf8.contains(UInt8(ascii: "_")) else { return digits }
    guard !digits.hasPrefix("_"), !digits.hasSuffix("_"), !digits.contains("__") else {
      return nil
    }
    return digits.filter { $0 != "_" }
  }

  private static func round(
    _ evaluator: Evaluator, _ value: Value, _ arguments: Bound
  ) throws -> Value {
    if case .undefined(let undefined) = value { throw undefined.fault }
    let places = try arguments.integer(0) ?? 0
    guard let number = value.number else {
      throw Fault.wrong("'round' needs a number, not '\(value.typeName)'")
    }
    guard 0...300 ~= places else { throw Fault(.unsupported("'round' to \(places) places")) }
    let factor = pow(10, Double(places))
    switch try arguments.text(1) ?? "common" {
    case "common":
      if let whole = value.asInteger { return .integer(whole) }
      return .float(number.isFinite ? Double(number.fixedPython(places)) ?? number : number)
    case "ceil": return .float((number * factor).rounded(.up) / factor)
    case "floor": return .float((number * factor).rounded(.down) / factor)
    default: throw Fault.wrong("'round' is 'common', 'ceil' or 'floor'")
    }
  }
}
