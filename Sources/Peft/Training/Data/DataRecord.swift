import Checkpoints

/// A row of a text file as the fields it has.
struct DataRecord: Sendable {
  var fields: [(name: String, value: DataValue)]

  /// A field, or one inside another: `answer.text`. A name that is written out wins.
  func value(_ name: String) -> DataValue? { Self.value(name, in: fields) }

  private static func value(
    _ name: String, in fields: [(name: String, value: DataValue)]
  ) -> DataValue? {
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

  private static func names(of fields: [(name: String, value: DataValue)]) -> [String] {
    fields.flatMap { field in
      guard case .object(let members) = field.value else { return [field.name] }
      return names(of: members).map { "\(field.name).\($0)" }
    }
  }
}

/// What a field holds.
enum DataValue: Sendable {
  case object([(name: String, value: DataValue)])
  case list([DataValue])
  case text(String)
  /// As it is written.
  case number(String)
  case truth(Bool)
  case null

  private static let deepest = 32

  /// The one value that is written in all of the bytes.
  init(json bytes: UnsafeRawBufferPointer) throws(JSONMistake) {
    var reader = JSONReader(bytes)
    self = try DataValue(&reader)
    try reader.finish()
  }

  private init(_ reader: inout JSONReader, depth: Int = 0) throws(JSONMistake) {
    let kind = try reader.kind()
    guard depth < Self.deepest else { throw reader.mistake(.tooDeep(limit: Self.deepest)) }
    switch kind {
    case .object:
      var members: [(name: String, value: DataValue)] = []
      try reader.enterObject()
      while let name = try reader.nextName() {
        members.append((name, try DataValue(&reader, depth: depth + 1)))
      }
      self = .object(members)
    case .list:
      var elements: [DataValue] = []
      try reader.enterList()
      while try reader.hasNextElement() {
        elements.append(try DataValue(&reader, depth: depth + 1))
      }
      self = .list(elements)
    case .text: self = .text(try reader.text())
    case .number:
      let start = reader.offset
      _ = try reader.number()
      self = .number(String(decoding: reader.bytes[start..<reader.offset], as: UTF8.self))
    case .truthValue: self = .truth(try reader.truthValue())
    case .null:
      try reader.skipValue()
      self = .null
    }
  }

  var kind: String {
    switch self {
    case .object: "an object"
    case .list: "a list"
    case .text: "a text"
    case .number: "a number"
    case .truth: "true or false"
    case .null: "null"
    }
  }

  /// What a template puts in its place; nil for what is no single value.
  var text: String? {
    switch self {
    case .text(let text), .number(let text): text
    case .truth(let isTrue): isTrue ? "true" : "false"
    case .object, .list, .null: nil
    }
  }
}
