public import OrderedCollections
import PeftBasics

/// A value in a configuration file: what JSON and YAML can say.
public indirect enum ConfigurationValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([ConfigurationValue])
  case map(OrderedDictionary<String, ConfigurationValue>)

  /// Whether it says nothing: null, false, or empty. A field of a newer version with such a value
  /// changes nothing.
  public var isNeutral: Bool {
    switch self {
    case .null, .bool(false): true
    case .text(let text): text.isEmpty
    case .list(let list): list.isEmpty
    case .map(let map): map.isEmpty
    default: false
    }
  }

  /// What kind of value it is, in words.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .text: "text"
    case .list: "a list"
    case .map: "a map"
    }
  }
}

extension ConfigurationValue: CustomStringConvertible {
  /// The value as JSON on one line, keys in their order.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let text): Self.quoted(text)
    case .list(let list): "[\(list.map(\.description).joined(separator: ", "))]"
    case .map(let map):
      "{\(map.map { "\(Self.quoted($0)): \($1)" }.joined(separator: ", "))}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension ConfigurationValue {
  /// The value as a JSON file, indented by two. Keys keep their order: in a map of patterns it has a
  /// meaning, which PEFT loses when it sorts them.
  public func json(indent: Int = 0) -> String {
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    switch self {
    case .list(let list) where !list.isEmpty:
      let lines = list.map { inner + $0.json(indent: indent + 2) }
      return "[\n\(lines.joined(separator: ",\n"))\n\(outer)]"
    case .map(let map) where !map.isEmpty:
      let lines = map.map {
        "\(inner)\(Self.quoted($0.key)): \($0.value.json(indent: indent + 2))"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(outer)}"
    default: return description
    }
  }
}
