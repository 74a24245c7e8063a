import ModelGraph
import PeftAdapters

/// A text with places for the fields of a row: `{meaning} => {reference}`. Braces themselves are
/// written twice, `{{` and `}}`.
struct TextTemplate: Hashable, Sendable {
  private enum Part: Hashable, Sendable {
    case text(String)
    case field(String)
  }

  private var parts: [Part] = []

  /// - Throws: `DataError.Reason.badTemplate`.
  init(_ source: String) throws(DataError.Reason) {
    var text = ""
    var field: String?
    let scalars = Array(source.unicodeScalars)
    var index = 0
    func mistake(_ problem: String) -> DataError.Reason {
      .badTemplate(source, problem: problem)
    }
    while index < scalars.count {
      let scalar = scalars[index]
      let isTwice = index + 1 < scalars.count && scalars[index + 1] == scalar
      index += 1
      switch (scalar, field) {
      case ("{", nil) where isTwice, ("}", nil) where isTwice:
        text.unicodeScalars.append(scalar)
        index += 1
      case ("{", nil):
        if !text.isEmpty { parts.append(.text(text)) }
        (text, field) = ("", "")
      case ("}", let name?):
        guard !name.isEmpty else { throw mistake("'{}' names no field") }
        parts.append(.field(name))
        field = nil
      case ("}", nil): throw mistake("a '}' closes nothing")
      case ("{", _?): throw mistake("a '{' is inside another")
      case (_, nil): text.unicodeScalars.append(scalar)
      case (_, var name?):
        name.unicodeScalars.append(scalar)
        field = name
      }
    }
    guard field == nil else { throw mistake("a '{' is not closed") }
    if !text.isEmpty { parts.append(.text(text)) }
  }

  /// A template of a text without fields.
  static func escaped(_ text: String) -> String {
    text.replacing("{", with: "{{").replacing("}", with: "}}")
  }

  /// The field alone.
  init(field: String) { parts = [.field(field)] }

  /// - Throws: `DataError.Reason.noField`, `.notText`, `.isObject`.
  func text(of record: DataRecord) throws(DataError.Reason) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .text(let fixed): text += fixed
      case .field(let name):
        text += try record.text(of: name)
      }
    }
    return text
  }
}
