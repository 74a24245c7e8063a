public import OrderedCollections

/// A Swift type that a configuration field can hold.
public protocol ConfigurationRepresentable: Sendable {
  /// What the field accepts, in words: "a whole number".
  static var expectation: String { get }
  /// The words that it can be, where it is a choice among some.
  static var choices: [String] { get }
  /// What null stands for in a file, where it is no value of its own: what Python takes for off. Nil where
  /// null is a mistake.
  static var whereNull: Self? { get }
  /// - Returns: Nil where the value is of another kind.
  init?(configurationValue value: ConfigurationValue)
  var configurationValue: ConfigurationValue { get }
}

extension ConfigurationRepresentable {
  public static var choices: [String] { [] }
  public static var whereNull: Self? { nil }
}

/// One of several words.
public protocol ConfigurationChoice:
  ConfigurationRepresentable, CaseIterable, RawRepresentable<String>
{}

extension ConfigurationChoice {
  public static var choices: [String] { allCases.map(\.rawValue) }
  public static var expectation: String { choices.joined(separator: ", ") }
  public init?(configurationValue value: ConfigurationValue) {
    guard case .text(let text) = value else { return nil }
    self.init(rawValue: text)
  }
  public var configurationValue: ConfigurationValue { .text(rawValue) }
}

extension Bool: ConfigurationRepresentable {
  public static var expectation: String { "true or false" }
  public static var whereNull: Bool? { false }
  public init?(configurationValue value: ConfigurationValue) {
    guard case .bool(let flag) = value else { return nil }
    self = flag
  }
  public var configurationValue: ConfigurationValue { .bool(self) }
}

extension Int: ConfigurationRepresentable {
  public static var expectation: String { "a whole number" }
  public init?(configurationValue value: ConfigurationValue) {
    guard case .integer(let number) = value else { return nil }
    self = number
  }
  public var configurationValue: ConfigurationValue { .integer(self) }
}

extension Double: ConfigurationRepresentable {
  public static var expectation: String { "a number" }
  public init?(configurationValue value: ConfigurationValue) {
    switch value {
    case .integer(let number): self = Double(number)
    case .number(let number): self = number
    default: return nil
    }
  }
  /// A whole number is written without a fraction, as Python writes the ones it was given.
  public var configurationValue: ConfigurationValue {
    Int(exactly: self).map { .integer($0) } ?? .number(self)
  }
}

extension String: ConfigurationRepresentable {
  public static var expectation: String { "text" }
  public init?(configurationValue value: ConfigurationValue) {
    guard case .text(let text) = value else { return nil }
    self = text
  }
  public var configurationValue: ConfigurationValue { .text(self) }
}

extension Optional: ConfigurationRepresentable where Wrapped: ConfigurationRepresentable {
  public static var expectation: String { "\(Wrapped.expectation), or null" }
  public static var choices: [String] { Wrapped.choices }
  public init?(configurationValue value: ConfigurationValue) {
    if case .null = value {
      self = .none
    } else if let wrapped = Wrapped(configurationValue: value) {
      self = .some(wrapped)
    } else {
      return nil
    }
  }
  public var configurationValue: ConfigurationValue { self?.configurationValue ?? .null }
}

/// A start and an end, `[0, 4]`; the end is not in the range.
extension Range: ConfigurationRepresentable where Bound == Int {
  public static var expectation: String { "a list of a start and an end, such as [0, 4]" }
  public init?(configurationValue value: ConfigurationValue) {
    guard let bounds = [Int](configurationValue: value), bounds.count == 2, bounds[0] <= bounds[1]
    else { return nil }
    self = bounds[0]..<bounds[1]
  }
  public var configurationValue: ConfigurationValue {
    .list([.integer(lowerBound), .integer(upperBound)])
  }
}

extension Array: ConfigurationRepresentable where Element: ConfigurationRepresentable {
  public static var expectation: String { "a list, each of it \(Element.expectation)" }
  public init?(configurationValue value: ConfigurationValue) {
    guard case .list(let list) = value else { return nil }
    let elements = list.compactMap(Element.init(configurationValue:))
    guard elements.count == list.count else { return nil }
    self = elements
  }
  public var configurationValue: ConfigurationValue { .list(map(\.configurationValue)) }
}

extension OrderedDictionary: ConfigurationRepresentable
where Key == String, Value: ConfigurationRepresentable {
  public static var expectation: String { "a map, each value of it \(Value.expectation)" }
  public static var whereNull: Self? { [:] }
  public init?(configurationValue value: ConfigurationValue) {
    guard case .map(let map) = value else { return nil }
    var result: Self = [:]
    for (key, value) in map {
      guard let element = Value(configurationValue: value) else { return nil }
      result[key] = element
    }
    self = result
  }
  public var configurationValue: ConfigurationValue {
    .map(
      OrderedDictionary<String, ConfigurationValue>(
        uniqueKeysWithValues: map { ($0.key, $0.value.configurationValue) }))
  }
}
