import PeftBasics

/// What a dimension holds, and what an expression over dimensions gives.
public enum DimensionValue: Hashable, Sendable {
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case text(String)
}

extension DimensionValue {
  /// What this is, in a message's words.
  public var kindName: String {
    switch self {
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .text: "text"
    }
  }

  /// The value as an `Int`, where it is one: `3.0` is, `3.5` is not.
  public var exactInteger: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    case .boolean, .text: nil
    }
  }

  /// The value as a `Double`, where it is a number of either kind.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .boolean, .text: nil
    }
  }

  /// How a message shows the value among others: `3`, `153.6`, `true`, `text 'silu'`.
  var inMessage: String {
    if case .text(let text) = self { "text '\(text.inMessage)'" } else { description }
  }
}

extension DimensionValue: CustomStringConvertible {
  public var description: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): String(value)
    case .boolean(let value): String(value)
    case .text(let text): text
    }
  }
}
