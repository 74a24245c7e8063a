import OrderedCollections

extension JSONValue {
  private static let deepest = 32

  /// The one value that a file holds.
  /// - Throws: `FileReadError` or `JSONMistake`.
  package init(path: String) throws {
    let file = try MappedFile(path: path)
    defer { withExtendedLifetime(file) {} }
    try self.init(file.bytes)
  }

  /// The one value that is written in all of the bytes.
  package init(_ bytes: UnsafeRawBufferPointer) throws(JSONMistake) {
    var reader = JSONReader(bytes)
    try self.init(&reader)
    try reader.finish()
  }

  /// The value that comes next. Of a name that is there twice the last value counts, as for Python.
  package init(_ reader: inout JSONReader) throws(JSONMistake) { try self.init(&reader, depth: 0) }

  private init(_ reader: inout JSONReader, depth: Int) throws(JSONMistake) {
    let kind = try reader.kind()
    guard depth < Self.deepest else { throw reader.mistake(.tooDeep(limit: Self.deepest)) }
    switch kind {
    case .object:
      var members: OrderedDictionary<String, JSONValue> = [:]
      try reader.enterObject()
      while let name = try reader.nextName() {
        members[name] = try JSONValue(&reader, depth: depth + 1)
      }
      self = .map(members)
    case .list:
      var elements: [JSONValue] = []
      try reader.enterList()
      while try reader.hasNextElement() {
        elements.append(try JSONValue(&reader, depth: depth + 1))
      }
      self = .list(elements)
    case .text: self = .text(try reader.text())
    case .number:
      let start = reader.offset
      _ = try reader.number()
      let text = String(decoding: reader.bytes[start..<reader.offset], as: UTF8.self)
      let number = Int(text)
      self = number.map { "\($0)" } == text ? .integer(number!) : .numeral(text)
    case .truthValue: self = .bool(try reader.truthValue())
    case .null:
      try reader.skipValue()
      self = .null
    }
  }
}
