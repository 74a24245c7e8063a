/// Reads separated values as RFC 4180 has them: a field in quotes may hold separators, line ends, and
/// quotes written twice. Empty lines are skipped.
struct SeparatedReader {
  private let bytes: UnsafeRawBufferPointer
  private let separator: UInt8
  /// Where the next record begins.
  private(set) var offset: Int

  init(_ bytes: UnsafeRawBufferPointer, separator: UInt8, at offset: Int) {
    self.bytes = bytes
    self.separator = separator
    self.offset = offset
  }

  private static let quote = UInt8(ascii: "\"")
  private static let (newline, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  /// Moves to the next record. Returns whether there is one.
  mutating func skipEmptyLines() -> Bool {
    while let byte = next, byte == Self.newline || byte == Self.carriageReturn { offset += 1 }
    return next != nil
  }

  /// The fields of the record that begins here.
  mutating func record() throws(DataError.Reason) -> [String] {
    var fields: [String] = []
    _ = try fieldCount { bytes in fields.append(String(decoding: bytes, as: UTF8.self)) }
    return fields
  }

  /// Skips the record that begins here, and returns how many fields it has.
  mutating func skipRecord() throws(DataError.Reason) -> Int { try fieldCount(nil) }

  private mutating func fieldCount(_ body: (([UInt8]) -> Void)?) throws(DataError.Reason) -> Int {
    var count = 0
    while true {
      let field = try field(isWanted: body != nil)
      body?(field)
      count += 1
      if next == separator {
        offset += 1
        continue
      }
      if next == Self.carriageReturn { offset += 1 }
      if next == Self.newline { offset += 1 }
      return count
    }
  }

  private mutating func field(isWanted: Bool) throws(DataError.Reason) -> [UInt8] {
    var field: [UInt8] = []
    guard next == Self.quote else {
      let start = offset
      while let byte = next, byte != separator, byte != Self.newline { offset += 1 }
      var end = offset
      if end > start, bytes[end - 1] == Self.carriageReturn, next != separator { end -= 1 }
      return isWanted ? Array(bytes[start..<end]) : field
    }
    offset += 1
    while let byte = next {
      offset += 1
      if byte == Self.quote {
        guard next == Self.quote else {
          guard let after = next else { return field }
          guard [separator, Self.newline, Self.carriageReturn].contains(after) else {
            throw .textAfterQuote
          }
          return field
        }
        offset += 1
      }
      if isWanted { field.append(byte) }
    }
    throw .openQuote
  }
}
