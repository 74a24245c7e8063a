internal import Checkpoints

/// What a file says about components, as a tree: all of it but the vocabulary and the merges.
enum JSONValue {
  case object([(name: String, value: JSONValue)])
  case list([JSONValue])
  case text(String)
  case number(text: String, value: Int?)
  case truth(Bool)
  case null

  private static let deepest = 32

  init(_ reader: inout JSONReader, depth: Int = 0) throws(JSONMistake) {
    let kind = try reader.kind()
    guard depth < Self.deepest else {
      throw reader.mistake(.tooDeep(limit: Self.deepest))
    }
    switch kind {
    case .object:
      var members: [(String, JSONValue)] = []
      try reader.enterObject()
      while let name = try reader.nextName() {
        members.append((name, try JSONValue(&reader, depth: depth + 1)))
      }
      self = .object(members)
    case .list:
      var elements: [JSONValue] = []
      try reader.enterList()
      while try reader.hasNextElement() {
        elements.append(try JSONValue(&reader, depth: depth + 1))
      }
      self = .list(elements)
    case .text: self = .text(try reader.text())
    case .number:
      let number = try reader.number()
      self = .number(text: "\(number.text)", value: number.value)
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
    case .truth(let isTrue): isTrue ? "true" : "false"
    case .null: "null"
    }
  }
}
