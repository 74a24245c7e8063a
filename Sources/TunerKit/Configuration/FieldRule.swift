public import OrderedCollections

/// What a field's value must fulfil beyond its type.
public struct FieldRule<Value: Sendable>: Sendable {
  /// Words that follow the field's name ("must be at least 1"), or nil where the value is fine.
  let problem: @Sendable (Value) -> String?

  public init(_ problem: @escaping @Sendable (Value) -> String?) { self.problem = problem }

  public static var any: FieldRule { FieldRule { _ in nil } }
}

extension FieldRule where Value: Comparable & CustomStringConvertible {
  public static func atLeast(_ minimum: Value) -> FieldRule {
    FieldRule { $0 < minimum ? "must be at least \(minimum)" : nil }
  }
}

extension FieldRule where Value == Double {
  /// From 0 up to, but not including, 1.
  public static var probability: FieldRule {
    FieldRule { 0..<1 ~= $0 ? nil : "must be from 0 up to but not including 1" }
  }

  public static var finite: FieldRule {
    FieldRule { $0.isFinite ? nil : "must be finite" }
  }
}

extension FieldRule {
  /// The rule of a single value, for every value of a map.
  public static func each<Element>(
    _ rule: FieldRule<Element>
  ) -> FieldRule where Value == OrderedDictionary<String, Element> {
    FieldRule { $0.values.lazy.compactMap(rule.problem).first }
  }
}
