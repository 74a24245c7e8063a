public import PeftBasics

/// A value in a configuration file: what JSON and YAML can say.
public typealias ConfigurationValue = JSONValue

extension ConfigurationValue {
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

  /// What kind of value it is, in the words of a configuration.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer: "a whole number"
    case .number, .numeral: "a number"
    case .text: "text"
    case .list: "a list"
    case .map: "a map"
    }
  }
}
