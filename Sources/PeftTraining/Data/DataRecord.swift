import OrderedCollections
public import PeftBasics

/// A row of a text file as the fields it has.
public struct DataRecord: Sendable {
  var fields: OrderedDictionary<String, JSONValue>

  init(fields: OrderedDictionary<String, JSONValue>) { self.fields = fields }

  /// - Parameter fields: Names and values in the row's order. Of a name that is there twice the last value
  ///   counts, as in JSON.
  public init(_ fields: some Sequence<(String, JSONValue)>) {
    self.init(fields: OrderedDictionary(fields) { _, last in last })
  }

  /// The value of a field; nil where there is none of that name.
  public subscript(name: String) -> JSONValue? { fields[name] }

  /// A field, or one inside another: `answer.text`. A field with the whole name comes first.
  func value(_ name: String) -> JSONValue? { Self.value(name, in: fields) }

  private static func value(
    _ name: String, in fields: OrderedDictionary<String, JSONValue>
  ) -> JSONValue? {
    if let value = fields[name] { return value }
    for (field, value) in fields.reversed() {
      if case .map(let members) = value, name.hasPrefix(field + "."),
        let value = Self.value(String(name.dropFirst(field.count + 1)), in: members)
      {
        return value
      }
    }
    return nil
  }

  /// All names that `value` knows.
  var names: [String] { Self.names(of: fields) }

  private static func names(of fields: OrderedDictionary<String, JSONValue>) -> [String] {
    fields.flatMap { field, value in
      guard case .map(let members) = value else { return [field] }
      return names(of: members).map { "\(field).\($0)" }
    }
  }
}
