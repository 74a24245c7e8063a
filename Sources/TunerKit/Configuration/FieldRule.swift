public import OrderedCollections

/// What a field's value must fulfil beyond its type.
public struct FieldRule<Value: Sendable>: Sendable {
  /// What is asked, as it reads after "a whole number, ": "at least 1". Nil where nothing is.
  package let requirement: String?
  /// All that is accepted, in place of the type's words: "a finite number, at least 0". Nil where the
  /// requirement follows those.
  package let expectation: String?
  private let isFulfilled: @Sendable (Value) -> Bool

  /// - Parameter requirement: Words that follow "must be": "at least 1".
  public init(_ requirement: String, isFulfilled: @escaping @Sendable (Value) -> Bool) {
    self.init(requirement, expectation: nil, isFulfilled: isFulfilled)
  }

  /// - Parameter expectation: Words that follow "must be", and say the type as well: "a finite number".
  package init(all expectation: String, isFulfilled: @escaping @Sendable (Value) -> Bool) {
    self.init(expectation, expectation: expectation, isFulfilled: isFulfilled)
  }

  package init(
    _ requirement: String, expectation: String?, isFulfilled: @escaping @Sendable (Value) -> Bool
  ) {
    self.requirement = requirement
    self.expectation = expectation
    self.isFulfilled = isFulfilled
  }

  private init() {
    (requirement, expectation) = (nil, nil)
    isFulfilled = { _ in true }
  }

  public static var any: FieldRule { FieldRule() }

  /// Words that follow the field's name ("must be at least 1"), or nil where the value is fine.
  package func problem(_ value: Value) -> String? {
    isFulfilled(value) ? nil : requirement.map { "must be \($0)" }
  }
}

extension FieldRule where Value: Comparable & CustomStringConvertible {
  public static func atLeast(_ minimum: Value) -> FieldRule {
    FieldRule("at least \(minimum)") { $0 >= minimum }
  }

  public static func within(_ range: ClosedRange<Value>) -> FieldRule {
    FieldRule("from \(range.lowerBound) to \(range.upperBound)") { range ~= $0 }
  }
}

extension FieldRule where Value == Double {
  /// From 0 up to, but not including, 1.
  public static var probability: FieldRule {
    FieldRule("from 0 up to but not including 1") { 0..<1 ~= $0 }
  }

  public static var finite: FieldRule { FieldRule("finite", isFulfilled: \.isFinite) }
}

extension FieldRule {
  /// The rule of a single value, for every value of a map.
  public static func each<Element>(
    _ rule: FieldRule<Element>
  ) -> FieldRule where Value == OrderedDictionary<String, Element> {
    guard let requirement = rule.requirement else { return .any }
    return FieldRule(
      requirement, expectation: rule.expectation.map { "a map, each value of it \($0)" }
    ) { $0.values.allSatisfy { rule.problem($0) == nil } }
  }
}
