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
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.unicodeScalars[...]
    var position = 0
    var shift = 0
    var isBeforeFirst = true
    while let character = rest.first {
      var count = 1
      var replacement: String?
      if character == "\\" {
        (count, replacement) = Self.escape(at: rest)
      } else if character == "\t", isBeforeFirst {
        replacement = " "
      } else if character.value >= 0x7F, Self.mustBeEscaped(character) {
        replacement = Self.escape(character)
      }
      isBeforeFirst = isBeforeFirst && character.isASCII && Self.isBlank(UInt8(ascii: character))
      if let replacement {
        bytes += replacement.utf8
        let width = replacement.unicodeScalars.count
        shift += count - width
        if count != width {
          replacements.append(Replacement(start: position, end: position + width, shift: shift))
        }
        position += width
      } else {
        for character in rest.prefix(count) { bytes += UTF8.encode(character).map(Array.init) ?? [] }
        position += count
      }
      rest = rest.dropFirst(count)
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

  /// How many characters an escape takes, and what replaces it if it cannot stay.
  private static func escape(at rest: Substring.UnicodeScalarView) -> (Int, String?) {
    guard let high = unit(at: rest) else { return (min(2, rest.count(upTo: 2)), nil) }
    guard 0xD800...0xDFFF ~= high else { return (6, nil) }
    if high < 0xDC00, let low = unit(at: rest.dropFirst(6)), 0xDC00...0xDFFF ~= low,
      let character = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    {
      return (12, escape(character))
    }
    return (6, "\\uFFFD")
  }

  /// The value of `\uXXXX`, where the text starts with one.
  private static func unit(at rest: Substring.UnicodeScalarView) -> UInt32? {
    let head = Array(rest.prefix(6))
    guard head.count == 6, head[0] == "\\", head[1] == "u" else { return nil }
    var value: UInt32 = 0
    for digit in head[2...] {
      guard digit.isASCII, let nibble = Character(digit).hexDigitValue else { return nil }
      value = value << 4 | UInt32(nibble)
    }
    return value
  }

  private static func escape(_ character: Unicode.Scalar) -> String {
    let digits = String(character.value, radix: 16)
    return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static func mustBeEscaped(_ character: Unicode.Scalar) -> Bool {
    switch character.value {
    case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
      || byte == UInt8(ascii: "\r")
  }
}

extension Substring.UnicodeScalarView {
  /// How many characters are left, as far as `limit`.
  fileprivate func count(upTo limit: Int) -> Int { prefix(limit).count }
}
