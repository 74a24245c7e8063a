/// A JSON document, or a part of one, as a tree.
package enum JSONTree: Sendable {
  /// In the order of the document; a name may be there twice.
  case object([(name: String, value: JSONTree)])
  case list([JSONTree])
  case text(String)
  /// As it is written.
  case number(String)
  case truth(Bool)
  case null

  private static let deepest = 32

  /// The one value that is written in all of the bytes.
  package init(_ bytes: UnsafeRawBufferPointer) throws(JSONMistake) {
    var reader = JSONReader(bytes)
    try self.init(&reader)
    try reader.finish()
  }

  /// The value that comes next.
  package init(_ reader: inout JSONReader) throws(JSONMistake) { try self.init(&reader, depth: 0) }

  private init(_ reader: inout JSONReader, depth: Int) throws(JSONMistake) {
    let kind = try reader.kind()
    guard depth < Self.deepest else { throw reader.mistake(.tooDeep(limit: Self.deepest)) }
    switch kind {
    case .object:
      var members: [(name: String, value: JSONTree)] = []
      try reader.enterObject()
      while let name = try reader.nextName() {
        members.append((name, try JSONTree(&reader, depth: depth + 1)))
      }
      self = .object(members)
    case .list:
      var elements: [JSONTree] = []
      try reader.enterList()
      while try reader.hasNextElement() {
        elements.append(try JSONTree(&reader, depth: depth + 1))
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

  /// What it is, for messages.
  package var kind: String {
    switch self {
    case .object: "an object"
    case .list: "a list"
    case .text: "a text"
    case .number: "a number"
    case .truth(let isTrue): isTrue ? "true" : "false"
    case .null: "null"
    }
  }

  /// A whole number from 0 to 2⁶³ − 1 that is written in digits alone.
  package var count: Int? {
    guard case .number(let text) = self, !text.hasPrefix("-") else { return nil }
    return Int(text)
  }
}
