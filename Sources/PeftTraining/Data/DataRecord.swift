import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports

/// A row of a text file as the fields it has.
struct DataRecord: Sendable {
  var fields: [(name: String, value: JSONTree)]

  /// A field, or one inside another: `answer.text`. A name that is written out wins.
  func value(_ name: String) -> JSONTree? { Self.value(name, in: fields) }

  private static func value(
    _ name: String, in fields: [(name: String, value: JSONTree)]
  ) -> JSONTree? {
    // Of a name that is there twice the last counts, as for Python.
    if let field = fields.last(where: { $0.name == name }) { return field.value }
    for field in fields.reversed() {
      if case .object(let members) = field.value, name.hasPrefix(field.name + "."),
        let value = value(String(name.dropFirst(field.name.count + 1)), in: members)
      {
        return value
      }
    }
    return nil
  }

  /// All names that `value` knows.
  var names: [String] { Self.names(of: fields) }

  private static func names(of fields: [(name: String, value: JSONTree)]) -> [String] {
    fields.flatMap { field in
      guard case .object(let members) = field.value else { return [field.name] }
      return names(of: members).map { "\(field.name).\($0)" }
    }
  }
}

extension JSONTree {
  /// What a template puts in its place; nil for what is no single value.
  package var text: String? {
    switch self {
    case .text(let text), .number(let text): text
    case .truth(let isTrue): isTrue ? "true" : "false"
    case .object, .list, .null: nil
    }
  }
}
