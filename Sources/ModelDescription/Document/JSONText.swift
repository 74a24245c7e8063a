/// Text that libyaml can read in place of JSON, and the way back to the characters of the original.
///
/// YAML 1.1, which libyaml reads, differs from JSON in a few characters. They are replaced here:
/// - `\uD83D\uDE00` are two halves of one character, which libyaml refuses; half a pair is `\uFFFD`.
/// - U+007F to U+009F, U+2028, U+2029, U+FEFF, U+FFFE and U+FFFF may stand in JSON's text as they
///   are; libyaml refuses some of them and takes others for line breaks.
/// - Before the first bracket, libyaml takes tabs for indentation.
struct JSONText {
  private(set) var bytes: [UInt8] = []
  private var replacements: [Replacement] = []

  /// From `start` on, in the replaced text, offsets are `shift` greater in the original.
  private struct Replacement {
    let start: Int
    let end: Int
    let shift: Int
  }

  /// Whether text is JSON, or YAML that looks like it: its first word is a bracket or a quote.
  static func looksLikeJSON(_ text: String) -> Bool {
    let first = text.utf8.first { !Self.isBlank($0) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "\"")
  }

  init(_ text: String) {
    let source = Array(text.utf8)
    bytes.reserveCapacity(source.count)
    var index = 0
    var position = 0
    var shift = 0
    var isBeforeFirst = true
    while index < source.count {
      let byte = source[index]
      isBeforeFirst = isBeforeFirst && Self.isBlank(byte)
      if byte < 0x7F, byte != UInt8(ascii: "\\") {
        bytes.append(isBeforeFirst && byte == UInt8(ascii: "\t") ? UInt8(ascii: " ") : byte)
        index += 1
        position += 1
      } else if let (length, characters, replacement) = Self.replacement(of: source[index...]) {
        bytes += replacement.utf8
        let width = replacement.utf8.count
        shift += characters - width
        replacements.append(Replacement(start: position, end: position + width, shift: shift))
        index += length
        position += width
      } else {
        // A backslash takes the next byte along: in `\\\\uD83D` there is no escape of a character.
        let isEscape = byte == UInt8(ascii: "\\")
        for byte in source[index...].prefix(isEscape ? 2 : 1) {
          bytes.append(byte)
          index += 1
          if byte & 0xC0 != 0x80 { position += 1 }
        }
      }
    }
  }

  /// The offset of a character in the original text, from its offset in `bytes` as text.
  func original(_ offset: Int) -> Int {
    var low = 0
    var high = replacements.count
    while low < high {
      let middle = (low + high) / 2
      if replacements[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return offset }
    let last = replacements[low - 1]
    // Inside a replacement, the place is where it starts: before its own shift counts.
    let before = low > 1 ? replacements[low - 2].shift : 0
    return offset < last.end ? last.start + before : offset + last.shift
  }

  /// What must stand in place of the first bytes, if they cannot stay: their length in bytes and in
  /// characters, and ASCII text.
  private static func replacement(
    of bytes: ArraySlice<UInt8>
  ) -> (length: Int, characters: Int, text: String)? {
    guard bytes.first == UInt8(ascii: "\\") else {
      guard let (character, length) = reserved(bytes.prefix(3)) else { return nil }
      return (length, 1, escape(character))
    }
    guard let high = unit(bytes), 0xD800...0xDFFF ~= high else { return nil }
    if high < 0xDC00, let low = unit(bytes.dropFirst(6)), 0xDC00...0xDFFF ~= low {
      return (12, 12, escape(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)))
    }
    return (6, 6, "\\uFFFD")
  }

  /// A character that JSON allows and libyaml does not, and how many bytes it takes.
  private static func reserved(_ bytes: ArraySlice<UInt8>) -> (UInt32, Int)? {
    let second = bytes.dropFirst().first ?? 0
    let third = bytes.dropFirst(2).first ?? 0
    return switch (bytes.first, second, third) {
    case (0x7F, _, _): (0x7F, 1)
    case (0xC2, 0x80...0x9F, _): (UInt32(second), 2)
    case (0xE2, 0x80, 0xA8...0xA9): (third == 0xA8 ? 0x2028 : 0x2029, 3)
    case (0xEF, 0xBB, 0xBF): (0xFEFF, 3)
    case (0xEF, 0xBF, 0xBE...0xBF): (third == 0xBE ? 0xFFFE : 0xFFFF, 3)
    default: nil
    }
  }

  /// The value of `\uXXXX`, where the bytes start with one.
  private static func unit(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    let head = bytes.prefix(6)
    guard head.count == 6, head.starts(with: "\\u".utf8) else { return nil }
    var value: UInt32 = 0
    for digit in head.dropFirst(2) {
      guard let nibble = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(nibble)
    }
    return value
  }

  private static func escape(_ character: UInt32) -> String {
    let digits = String(character, radix: 16)
    return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
      || byte == UInt8(ascii: "\r")
  }
}
