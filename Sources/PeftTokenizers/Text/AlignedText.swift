/// A part of a text on its way to tokens: its bytes now, and which bytes of the text they come from.
///
/// Bytes are always UTF-8. Every byte of a character has the same origin.
struct AlignedText {
  struct Origin {
    var start: Int
    var end: Int
  }

  private(set) var bytes: [UInt8]
  private(set) var origins: [Origin]

  init() {
    bytes = []
    origins = []
  }

  /// A text that nothing has happened to yet.
  init(_ text: some Sequence<UInt8>) {
    bytes = Array(text)
    origins = []
    origins.reserveCapacity(bytes.count)
    var start = 0
    while start < bytes.count {
      let end = start + bytes[start].utf8Width
      for _ in start..<end { origins.append(Origin(start: start, end: end)) }
      start = end
    }
  }

  var isEmpty: Bool { bytes.isEmpty }
  var count: Int { bytes.count }
  /// Where in the text this part begins.
  var start: Int { origins.first?.start ?? 0 }

  subscript(range: Range<Int>) -> AlignedText {
    if range == 0..<count { return self }
    var part = AlignedText()
    part.append(self, range)
    return part
  }

  /// Which bytes of the text a range of these bytes comes from.
  func origin(of range: Range<Int>) -> Range<Int> {
    guard let last = range.last else { return 0..<0 }
    let start = origins[range.lowerBound].start
    return start..<max(start, origins[last].end)
  }

  mutating func append(_ other: AlignedText, _ range: Range<Int>) {
    bytes += other.bytes[range]
    origins += other.origins[range]
  }

  mutating func append(_ new: some Sequence<UInt8>, origin: Origin) {
    for byte in new {
      bytes.append(byte)
      origins.append(origin)
    }
  }

  /// Puts a text before a part that has some.
  mutating func prepend(_ text: String) {
    guard let first = origins.first else { return }
    let count = text.utf8.count
    bytes.insert(contentsOf: text.utf8, at: 0)
    origins.insert(contentsOf: Array(repeating: first, count: count), at: 0)
  }

  mutating func reserveCapacity(_ count: Int) {
    bytes.reserveCapacity(count)
    origins.reserveCapacity(count)
  }

  /// Another text, made character by character: the body appends what becomes of each.
  func mapped(
    _ body: (_ scalar: Unicode.Scalar, _ range: Range<Int>, inout AlignedText) -> Void
  ) -> AlignedText {
    var result = AlignedText()
    result.reserveCapacity(count)
    forEachScalar { body($0, $1, &result) }
    return result
  }

  /// Only the characters that satisfy a condition.
  func filtered(_ isKept: (Unicode.Scalar) -> Bool) -> AlignedText {
    mapped { scalar, range, result in
      if isKept(scalar) { result.append(self, range) }
    }
  }

  func forEachScalar(_ body: (Unicode.Scalar, Range<Int>) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        let scalar = bytes.scalar(at: start)
        let end = start + bytes[start].utf8Width
        body(scalar, start..<end)
        start = end
      }
    }
  }
}

extension UInt8 {
  /// How many bytes the character that begins with this one has.
  var utf8Width: Int { self < 0x80 ? 1 : self < 0xE0 ? 2 : self < 0xF0 ? 3 : 4 }
  /// Whether a character begins here.
  var beginsCharacter: Bool { self & 0xC0 != 0x80 }
}

extension UnsafeBufferPointer<UInt8> {
  /// The character that begins at an offset.
  /// - Precondition: The bytes are UTF-8.
  func scalar(at start: Int) -> Unicode.Scalar {
    let first = UInt32(self[start])
    func next(_ offset: Int) -> UInt32 { UInt32(self[start + offset] & 0x3F) }
    let value =
      switch self[start].utf8Width {
      case 1: first
      case 2: (first & 0x1F) << 6 | next(1)
      case 3: (first & 0x0F) << 12 | next(1) << 6 | next(2)
      default: (first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3)
      }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  /// The character that ends before an offset.
  func scalar(before end: Int) -> Unicode.Scalar {
    var start = end - 1
    while start > 0, !self[start].beginsCharacter { start -= 1 }
    return scalar(at: start)
  }
}
