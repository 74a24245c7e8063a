/// A single value as it was written, and what it means.
///
/// Unquoted text means what YAML 1.2's core schema says: `true` and `false` but not `yes`, `no` or
/// `on`; `null`, `~` or nothing; numbers in decimal, `0x1F`, `0o17`, `1e-5`, `.inf` and `.nan`.
/// Everything else is text, and so is everything in quotes.
package struct Scalar: Sendable {
  package enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    /// A number that no `Int` or `Double` holds, as it was written.
    case tooLarge(String)
  }

  package let text: String
  /// Whether quotes, `|` or `>` made it text.
  package let isQuoted: Bool
  package let value: Value

  /// What this is, in a message's words.
  package var kindName: String {
    switch value {
    case .null: "nothing"
    case .bool: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .string: "text"
    case .tooLarge: "a number that is too large"
    }
  }
}

extension Scalar {
  /// - Parameter isJSON: Whether `NaN`, `Infinity` and `-Infinity` are numbers: Python writes them so.
  init(text: String, isQuoted: Bool, isJSON: Bool = false) {
    self.text = text
    self.isQuoted = isQuoted
    self.value = isQuoted ? .string(text) : Self.meaning(of: text, isJSON: isJSON)
  }

  private static func meaning(of text: String, isJSON: Bool) -> Value {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .number(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
    case ".nan", ".NaN", ".NAN": return .number(.nan)
    case "NaN" where isJSON: return .number(.nan)
    case "Infinity" where isJSON: return .number(.infinity)
    case "-Infinity" where isJSON: return .number(-.infinity)
    default: return number(text) ?? .string(text)
    }
  }

  private static func number(_ text: String) -> Value? {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
      let digits = text.dropFirst(2)
      guard !digits.isEmpty, digits.utf8.allSatisfy({ isDigit($0, radix: radix) }) else {
        return nil
      }
      return Int(digits, radix: radix).map { .integer($0) } ?? .tooLarge(text)
    }
    var rest = Substring(text).utf8
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    let whole = rest.prefix { isDigit($0, radix: 10) }
    rest = rest.dropFirst(whole.count)
    if rest.isEmpty, !whole.isEmpty {
      return Int(text).map { .integer($0) } ?? .tooLarge(text)
    }
    var digits = whole.count
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      let fraction = rest.prefix { isDigit($0, radix: 10) }
      rest = rest.dropFirst(fraction.count)
      digits += fraction.count
    }
    guard digits > 0 else { return nil }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
      guard !rest.isEmpty, rest.allSatisfy({ isDigit($0, radix: 10) }) else { return nil }
    } else if !rest.isEmpty {
      return nil
    }
    guard let value = Double(text) else { return nil }
    return value.isFinite ? .number(value) : .tooLarge(text)
  }

  private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "7"): true
    case UInt8(ascii: "8")...UInt8(ascii: "9"): radix >= 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): radix == 16
    default: false
    }
  }
}
