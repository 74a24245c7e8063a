import OrderedCollections

/// How JSON is laid out.
package enum JSONStyle {
  /// `{"a":[1,2]}`
  case compact
  /// `{"a": [1, 2]}`, and in place of infinity and NaN their names: a line of a log or a message.
  case line
  /// As Python indents it: two spaces a level, members in their order.
  case indented
  /// As reports have it: two spaces a level, `"a" : 1`, members sorted by the bytes of their names, and
  /// a whole number without `.0`, so that two of them can be compared line by line.
  case report

  fileprivate var isIndented: Bool { self == .indented || self == .report }

  fileprivate var comma: String { self == .line ? ", " : "," }

  fileprivate var colon: String {
    switch self {
    case .compact: ":"
    case .line, .indented: ": "
    case .report: " : "
    }
  }
}

/// Writes JSON, piece by piece.
///
/// ```swift
/// writer.object { writer in
///   writer.member("shape")
///   writer.value(.list([2, 3]))
/// }
/// ```
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  private let style: JSONStyle
  /// Brackets that are open.
  private var depth = 0
  /// Whether nothing is written since the last bracket was opened.
  private var isEmpty = true

  package init(_ style: JSONStyle) { self.style = style }

  /// An object; `members` writes a name and a value for each member.
  package mutating func object(_ members: (inout JSONWriter) -> Void) {
    brackets("{", "}", members)
  }

  /// A list; `elements` writes each of them with `element`.
  package mutating func list(_ elements: (inout JSONWriter) -> Void) {
    brackets("[", "]", elements)
  }

  /// The list's next element.
  package mutating func element(_ value: JSONValue) {
    next()
    self.value(value)
  }

  /// The name of the object's next member, whose value is to be written next.
  package mutating func member(_ name: String) {
    next()
    text(name)
    bytes += style.colon.utf8
  }

  package mutating func value(_ value: JSONValue) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let isTrue): bytes += (isTrue ? "true" : "false").utf8
    case .integer(let number): bytes += "\(number)".utf8
    case .number(let number): bytes += text(of: number).utf8
    case .numeral(let text): bytes += text.utf8
    case .text(let value): text(value)
    case .list(let elements):
      list { writer in for element in elements { writer.element(element) } }
    case .map(let members):
      object { writer in
        for (name, value) in writer.style == .report ? Self.sorted(members) : members {
          writer.member(name, value)
        }
      }
    }
  }

  private static func sorted(
    _ members: OrderedDictionary<String, JSONValue>
  ) -> OrderedDictionary<String, JSONValue> {
    var members = members
    members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return members
  }

  package mutating func member(_ name: String, _ value: JSONValue) {
    member(name)
    self.value(value)
  }

  /// A value that is JSON already, as it is.
  package mutating func value(written json: String) { bytes += json.utf8 }

  // MARK: Layout

  private mutating func brackets(
    _ opening: String, _ closing: String, _ content: (inout JSONWriter) -> Void
  ) {
    bytes += opening.utf8
    depth += 1
    isEmpty = true
    content(&self)
    depth -= 1
    if style == .report, isEmpty { bytes.append(UInt8(ascii: "\n")) }
    if style.isIndented, style == .report || !isEmpty { breakLine() }
    bytes += closing.utf8
    isEmpty = false
  }

  /// What stands before a member or an element.
  private mutating func next() {
    if !isEmpty { bytes += style.comma.utf8 }
    if style.isIndented { breakLine() }
    isEmpty = false
  }

  private mutating func breakLine() {
    bytes.append(UInt8(ascii: "\n"))
    bytes += repeatElement(UInt8(ascii: " "), count: 2 * depth)
  }

  // MARK: Values

  /// JSON has no infinity and no NaN.
  private func text(of number: Double) -> String {
    guard number.isFinite || style == .line else { return "null" }
    let text = "\(number)"
    return style == .report && text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A text in quotes; only what must be escaped is.
  private mutating func text(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 8: bytes += #"\b"#.utf8
      case 9: bytes += #"\t"#.utf8
      case 10: bytes += #"\n"#.utf8
      case 12: bytes += #"\f"#.utf8
      case 13: bytes += #"\r"#.utf8
      case ..<0x20:
        bytes += (byte < 0x10 ? #"\u000"# : #"\u00"#).utf8
        bytes += String(byte, radix: 16).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONValue {
  /// The value as JSON.
  package func text(_ style: JSONStyle) -> String {
    var writer = JSONWriter(style)
    writer.value(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
