import PeftBasics

/// Values as JSON, as Python's `json.dumps` writes them without `ensure_ascii`.
struct JSONPrinting {
  let budget: Budget
  /// What a level is indented by; nil for all on one line.
  let indent: String?
  let comma: String
  let colon: String
  let sortsKeys: Bool
  private(set) var text = ""

  init(
    budget: Budget, indent: String? = nil, separators: (comma: String, colon: String)? = nil,
    sortsKeys: Bool = false
  ) {
    (self.budget, self.indent, self.sortsKeys) = (budget, indent, sortsKeys)
    (comma, colon) = separators ?? (indent == nil ? ", " : ",", ": ")
  }

  mutating func write(_ value: Value, level: Int = 0) throws {
    try budget.step()
    switch value {
    case .null: try add("null")
    case .bool(let value): try add(value ? "true" : "false")
    case .integer(let number): try add("\(number)")
    case .longInteger(let digits): try add(digits)
    case .float(let number): try add(number.jsonText)
    case .text(let text): try add(text.jsonLiteral)
    case .list(let elements), .tuple(let elements):
      try brackets("[", "]", elements.items, level) { writer, item in
        try writer.write(item, level: level + 1)
      }
    case .map(let members): try write(members, level)
    case .undefined(let undefined):
      throw Fault.wrong("'tojson' of something undefined: \(undefined.reason)")
    default: throw Fault.wrong("'tojson' does not write a '\(value.typeName)'")
    }
  }

  private mutating func write(_ members: Members, _ level: Int) throws {
    var pairs = members.items.map { (key: $0.key.value, value: $0.value) }
    if sortsKeys {
      let comparing = Comparing(budget: budget)
      try pairs.sort { try comparing.isLess($0.key, $1.key) }
    }
    try brackets("{", "}", pairs, level) { writer, pair in
      try writer.add(Self.name(pair.key).jsonLiteral + writer.colon)
      try writer.write(pair.value, level: level + 1)
    }
  }

  private static func name(_ key: Value) throws -> String {
    switch key {
    case .text(let text): text
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let number): "\(number)"
    case .longInteger(let digits): digits
    case .float(let number): number.jsonText
    default: throw Fault.wrong("'tojson' does not write a '\(key.typeName)' as a name")
    }
  }

  private mutating func brackets<Item>(
    _ opening: String, _ closing: String, _ items: [Item], _ level: Int,
    _ write: (inout JSONPrinting, Item) throws -> Void
  ) throws {
    try add(opening)
    for (index, item) in items.enumerated() {
      if index > 0 { try add(comma) }
      try breakLine(level + 1)
      try write(&self, item)
    }
    if !items.isEmpty { try breakLine(level) }
    try add(closing)
  }

  private mutating func breakLine(_ level: Int) throws {
    guard let indent else { return }
    try budget.make(text: indent.utf8.count * level)
    try add("\n" + String(repeating: indent, count: level))
  }

  private mutating func add(_ piece: String) throws {
    try budget.make(piece.utf8.count)
    text += piece
    guard text.utf8.count <= budget.limits.textBytes else {
      throw Fault(.limit("a text of more than \(budget.limits.textBytes.grouped) bytes"))
    }
  }
}

extension String {
  fileprivate var jsonLiteral: String { JSONValue.text(self).text(.compact) }
}

extension Double {
  fileprivate var jsonText: String {
    if isNaN { return "NaN" }
    if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
    return pythonText
  }
}
