import PeftBasics

/// One JSON list of objects; or objects one after another, as in JSON lines, which many files of that name hold.
struct JSONListFormat: TextFormat {
  let ending = ".json"
  let summary = "One JSON list of objects, or an object per line."

  func rows(
    of bytes: UnsafeRawBufferPointer, at place: inout Int
  ) throws(DataError.Reason) -> TextIndex {
    var index = TextIndex()
    var scanner = JSONScanner(bytes, at: place)
    scanner.skipBlanks()
    place = scanner.offset
    let isList = scanner.skip(UInt8(ascii: "["))
    var isFirst = true
    while true {
      scanner.skipBlanks()
      place = scanner.offset
      if isList, scanner.skip(UInt8(ascii: "]")) { break }
      if isList, !isFirst {
        guard scanner.skip(UInt8(ascii: ",")) else {
          throw scanner.isAtEnd ? .openList : .badList(expected: "',' or ']'")
        }
        scanner.skipBlanks()
        place = scanner.offset
      }
      if scanner.isAtEnd {
        guard !isList else { throw .openList }
        return index
      }
      isFirst = false
      guard scanner.skipValue() else {
        throw scanner.isAtEnd ? .openList : .badList(expected: "an object")
      }
      try index.append(place..<scanner.offset)
    }
    scanner.skipBlanks()
    place = scanner.offset
    guard scanner.isAtEnd else { throw .badList(expected: "nothing more") }
    return index
  }

  func record(
    at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
  ) throws(DataError.Reason) -> DataRecord {
    var scanner = JSONScanner(bytes, at: offset)
    _ = scanner.skipValue()
    return try DataRecord(json: UnsafeRawBufferPointer(rebasing: bytes[offset..<scanner.offset]))
  }
}

/// Finds where values of JSON end, without reading them.
private struct JSONScanner {
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset: Int

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  var isAtEnd: Bool { offset >= bytes.count }

  mutating func skipBlanks() {
    while !isAtEnd, bytes[offset] == 0x20 || 0x09...0x0D ~= bytes[offset] { offset += 1 }
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard !isAtEnd, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  /// Skips an object or a list with all that is in it, a text, or a word up to the next separator. False where
  /// the value does not end, or is none.
  mutating func skipValue() -> Bool {
    let start = offset
    var depth = 0
    while !isAtEnd {
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        guard skipText() else { return false }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        offset += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return offset > start }
        depth -= 1
        offset += 1
      case UInt8(ascii: ","), UInt8(ascii: "\n"):
        if depth == 0 { return offset > start }
        offset += 1
        continue
      default:
        offset += 1
        continue
      }
      if depth == 0 { return true }
    }
    return depth == 0 && offset > start
  }

  private mutating func skipText() -> Bool {
    offset += 1
    while !isAtEnd {
      switch bytes[offset] {
      case UInt8(ascii: "\\"): offset += 2
      case UInt8(ascii: "\""):
        offset += 1
        return true
      default: offset += 1
      }
    }
    offset = bytes.count
    return false
  }
}
