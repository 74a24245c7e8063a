public import OrderedCollections

/// A JSON value, or what YAML can say of the same kinds.
public indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  /// A number as it is written, where an `Int` would be written otherwise: `1.50`, `1e400`. Only
  /// reading JSON makes it, so that a row of data keeps its digits.
  case numeral(String)
  case text(String)
  case list([JSONValue])
  case map(OrderedDictionary<String, JSONValue>)
}

extension JSONValue: CustomStringConvertible {
  /// The value as JSON on one line, keys in their order.
  public var description: String { text(.line) }
}

extension JSONValue {
  /// The member of that name; nil where there is none, or where this is no map.
  package subscript(name: String) -> JSONValue? {
    if case .map(let members) = self { members[name] } else { nil }
  }

  /// A member that is missing, or of another kind than it should be.
  package struct WrongMember: Error { package let name: String }

  /// The member of that name, of the kind that a property stands for: `\.integer`.
  package func required<Kind>(
    _ name: String, _ kind: (JSONValue) -> Kind?
  ) throws(WrongMember) -> Kind {
    guard let value = self[name].flatMap(kind) else { throw WrongMember(name: name) }
    return value
  }

  /// The same for a member that may be missing or null.
  package func optional<Kind>(
    _ name: String, _ kind: (JSONValue) -> Kind?
  ) throws(WrongMember) -> Kind? {
    if self[name] == nil || self[name] == .null { return nil }
    return try required(name, kind)
  }

  /// A whole number; nil for everything else, `3.0` included.
  package var integer: Int? {
    if case .integer(let number) = self { number } else { nil }
  }

  /// A whole number that counts something.
  package var count: Int? { integer.flatMap { $0 < 0 ? nil : $0 } }

  /// A number of any kind, as far as there is a `Double` for it.
  package var double: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    case .numeral(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
    default: nil
    }
  }

  package var elements: [JSONValue]? {
    if case .list(let elements) = self { elements } else { nil }
  }

  package var bool: Bool? {
    if case .bool(let isTrue) = self { isTrue } else { nil }
  }

  package var string: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// The text of a value that is no list, no map and not null.
  package var word: String? {
    switch self {
    case .text(let text): text
    case .null, .list, .map: nil
    default: description
    }
  }

  /// What it is, in the words of JSON.
  package var kind: String {
    switch self {
    case .null: JSONKind.null.rawValue
    case .bool(let isTrue): isTrue ? "true" : "false"
    case .integer, .number, .numeral: JSONKind.number.rawValue
    case .text: JSONKind.text.rawValue
    case .list: JSONKind.list.rawValue
    case .map: JSONKind.object.rawValue
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral text: String) { self = .text(text) }
  public init(integerLiteral number: Int) { self = .integer(number) }
  public init(booleanLiteral flag: Bool) { self = .bool(flag) }
  public init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .map(OrderedDictionary(uniqueKeysWithValues: members))
  }
}
