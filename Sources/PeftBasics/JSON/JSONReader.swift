/// Reads strict JSON from bytes, one value after another, without building a tree: the caller says
/// what it expects, so that memory and time depend on what it keeps and not on what a file holds.
///
/// ```swift
/// try reader.enterObject()
/// while let name = try reader.nextName() { ... }  // reads or skips the value
/// ```
package struct JSONReader {
  package let bytes: UnsafeRawBufferPointer
  package var offset = 0
  /// Whether the last thing read was an opening bracket, so that no comma is due.
  private var isAtStart = false
  private static let deepest = 64

  /// - Precondition: The bytes stay valid for as long as the reader is used.
  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  // MARK: Structure

  /// What comes next.
  package mutating func kind() throws(JSONMistake) -> JSONKind {
    skipBlanks()
    switch next ?? 0 {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .list
    case UInt8(ascii: "\""): return .text
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .truthValue
    case UInt8(ascii: "n"): return .null
    default: throw unexpected("a value")
    }
  }

  package mutating func enterObject() throws(JSONMistake) {
    try take("{")
    isAtStart = true
  }

  /// The name of the object's next member, whose value comes next; nil at the object's end.
  package mutating func nextName() throws(JSONMistake) -> String? {
    guard try hasNext(before: "}") else { return nil }
    let name = try text()
    try take(":")
    return name
  }

  package mutating func enterList() throws(JSONMistake) {
    try take("[")
    isAtStart = true
  }

  /// Whether the list has another element, which comes next.
  package mutating func hasNextElement() throws(JSONMistake) -> Bool { try hasNext(before: "]") }

  private mutating func hasNext(before end: Unicode.Scalar) throws(JSONMistake) -> Bool {
    skipBlanks()
    let isFirst = isAtStart
    isAtStart = false
    if next == UInt8(ascii: end) {
      offset += 1
      return false
    }
    if !isFirst {
      guard next == UInt8(ascii: ",") else { throw unexpected("',' or '\(end)'") }
      offset += 1
    }
    return true
  }

  /// Makes sure that only blanks follow.
  package mutating func finish() throws(JSONMistake) {
    skipBlanks()
    guard offset == bytes.count else { throw mistake(.contentAfterEnd) }
  }

  /// Reads a value of any kind and forgets it.
  package mutating func skipValue() throws(JSONMistake) { try skipValue(depth: 0) }

  private mutating func skipValue(depth: Int) throws(JSONMistake) {
    guard depth < Self.deepest else { throw mistake(.tooDeep(limit: Self.deepest)) }
    switch try kind() {
    case .object:
      try enterObject()
      while try nextName() != nil { try skipValue(depth: depth + 1) }
    case .list:
      try enterList()
      while try hasNextElement() { try skipValue(depth: depth + 1) }
    case .text: _ = try text()
    case .number: _ = try number()
    case .truthValue: _ = try truthValue()
    case .null: try takeWord("null")
    }
  }

  // MARK: Values

  /// A number's text, and its value where it is a whole one from 0 to 2⁶³ − 1.
  package mutating func number() throws(JSONMistake) -> (text: Excerpt, value: Int?) {
    skipBlanks()
    let start = offset
    var isWhole = true
    if next == UInt8(ascii: "-") {
      isWhole = false
      offset += 1
    }
    var value = 0
    if next == UInt8(ascii: "0") {
      offset += 1
    } else {
      try takeDigits { digit in
        let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(digit)
        isWhole = isWhole && !overflow && !carry
        value = isWhole ? sum : 0
      }
    }
    if next == UInt8(ascii: ".") {
      isWhole = false
      offset += 1
      try takeDigits { _ in }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      offset += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
      try takeDigits { _ in }
    }
    return (Excerpt(bytes: bytes, range: start..<offset), isWhole ? value : nil)
  }

  package mutating func truthValue() throws(JSONMistake) -> Bool {
    guard try kind() == .truthValue else { throw unexpected("true or false") }
    let isTrue = next == UInt8(ascii: "t")
    try takeWord(isTrue ? "true" : "false")
    return isTrue
  }

  /// Bytes of the text, which becomes a string when it is needed.
  package struct Excerpt: CustomStringConvertible {
    fileprivate let bytes: UnsafeRawBufferPointer
    fileprivate let range: Range<Int>

    package var description: String {
      String(decoding: bytes[range.prefix(40)], as: UTF8.self) + (range.count > 40 ? "…" : "")
    }
  }

  // MARK: Bytes

  var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  package mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  private mutating func take(_ expected: Unicode.Scalar) throws(JSONMistake) {
    skipBlanks()
    guard next == UInt8(ascii: expected) else { throw unexpected("'\(expected)'") }
    offset += 1
  }

  private mutating func takeWord(_ word: String) throws(JSONMistake) {
    for byte in word.utf8 {
      guard next == byte else { throw unexpected("'\(word)'") }
      offset += 1
    }
  }

  private mutating func takeDigits(_ body: (Int) -> Void) throws(JSONMistake) {
    let start = offset
    while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
      body(Int(byte - UInt8(ascii: "0")))
      offset += 1
    }
    guard offset > start else { throw unexpected("a digit") }
  }

  package func mistake(_ reason: JSONMistake.Reason) -> JSONMistake {
    JSONMistake(reason: reason, offset: offset)
  }

  func unexpected(_ expected: String) -> JSONMistake {
    mistake(next.map { .unexpected(byte: $0, expected: expected) } ?? .ends(expected: expected))
  }
}
