import OrderedCollections
import PeftAdapters
import PeftBasics
import PeftReports
import TunerKit

/// Values as YAML that reads back as the same: outer maps in lines, all else on one.
struct YAMLText {
  private(set) var text = ""

  /// Adds `key: value`, a map's fields in lines of their own.
  /// - Parameter depth: How many levels of maps are written so; below, they are on one line.
  mutating func add(_ key: String, _ value: ConfigurationValue, indent: Int = 0, depth: Int) {
    let margin = String(repeating: " ", count: indent)
    guard case .map(let map) = value, !map.isEmpty, depth > 0 else {
      text += "\(margin)\(Self.word(key)): \(Self.inline(value))\n"
      return
    }
    text += "\(margin)\(Self.word(key)):\n"
    for (key, value) in map { add(key, value, indent: indent + 2, depth: depth - 1) }
  }

  private static func inline(_ value: ConfigurationValue) -> String {
    switch value {
    case .text(let text): word(text)
    case .list(let list): "[\(list.map(inline).joined(separator: ", "))]"
    case .map(let map):
      "{\(map.map { "\(word($0)): \(inline($1))" }.joined(separator: ", "))}"
    case .null, .bool, .integer, .number, .numeral: value.description
    }
  }

  /// A word as it is, where it can be nothing but text; else in quotes.
  private static func word(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
          UInt8(ascii: "."), UInt8(ascii: "/"):
          true
        default: false
        }
      }
    let startsPlain = text.utf8.first.map { $0 >= UInt8(ascii: "A") || $0 == UInt8(ascii: "/") }
    return isPlain && startsPlain == true && !meanings.contains(text.lowercased())
      ? text : quoted(text)
  }

  /// Words that are no text, some of them in YAML 1.1 alone, which Python reads.
  private static let meanings: Set = [
    "true", "false", "null", "yes", "no", "on", "off", "y", "n",
  ]

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case " "..."~": result.unicodeScalars.append(scalar)
      case "\u{A1}"..."\u{D7FF}" where !isBreak(scalar): result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
    return result + "\""
  }

  /// What YAML takes for the end of a line.
  private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{2028}" || scalar == "\u{2029}"
  }
}
