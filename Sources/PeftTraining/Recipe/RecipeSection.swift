import OrderedCollections
import PeftAdapters
package import TunerKit

/// Fields of a recipe that stand together: from the list of them it is read, written and explained.
struct RecipeSection<Value: Sendable>: Sendable {
  /// What messages call it.
  let name: String
  let fields: [ConfigurationField<Value>]

  init(_ name: String, _ fields: [ConfigurationField<Value>]) {
    self.name = name
    self.fields = fields
  }

  /// The fields as a map.
  func values(of value: Value) -> ConfigurationValue {
    .map(OrderedDictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.write(value)) }))
  }
}

extension FieldRule {
  /// The rule of a value that may also be left out.
  static func ifGiven<Wrapped>(_ rule: FieldRule<Wrapped>) -> FieldRule where Value == Wrapped? {
    guard let requirement = rule.requirement else { return .any }
    return FieldRule(requirement, expectation: rule.expectation.map { "\($0), or null" }) {
      $0.map { rule.problem($0) == nil } ?? true
    }
  }
}

extension FieldRule where Value == Double {
  package static func finite(from minimum: Int) -> FieldRule {
    FieldRule(all: "a finite number, at least \(minimum)") { $0.isFinite && $0 >= Double(minimum) }
  }
}

extension FieldRule where Value == String {
  /// Text that is not empty; `meaning` says of what.
  package static func filled(_ meaning: String) -> FieldRule {
    FieldRule(all: meaning) { !$0.isEmpty }
  }
}
