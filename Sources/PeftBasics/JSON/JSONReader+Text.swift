extension JSONReader {
  /// A text in quotes.
  package mutating func text() throws(JSONMistake) -> String {
    skipBlanks()
    guard next == UInt8(ascii: "\"") else { throw unexpected("'\"'") }
    offset += 1
    let start = offset
    var isASCII = true
    while let byte = next, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") { return try textWithEscapes(from: start) }
      guard byte >= 0x20 else { throw mistake(.bareControlCharacter) }
      isASCII = isASCII && byte < 0x80
      offset += 1
    }
    guard offset < bytes.count else { throw unexpected("'\"'") }
    offset += 1
    if isASCII { return String(decoding: bytes[start..<(offset - 1)], as: UTF8.self) }
    return try decode(UnsafeRawBufferPointer(rebasing: bytes[start..<(offset - 1)]), at: start)
  }

  private mutating func textWithEscapes(from start: Int) throws(JSONMistake) -> String {
    var text = Array(bytes[start..<offset])
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw mistake(.bareControlCharacter) }
      if byte == UInt8(ascii: "\\") {
        try text.append(contentsOf: UTF8.encode(escape())!)
      } else {
        text.append(byte)
        offset += 1
      }
    }
    guard offset < bytes.count else { throw unexpected("'\"'") }
    offset += 1
    return try text.withUnsafeBufferPointer { bytes throws(JSONMistake) in
      try decode(UnsafeRawBufferPointer(bytes), at: start)
    }
  }

  /// Swift puts U+FFFD in place of what is not UTF-8, and so changes its bytes.
  private func decode(
    _ text: UnsafeRawBufferPointer, at start: Int
  ) throws(JSONMistake) -> String {
    let string = String(decoding: text, as: UTF8.self)
    guard string.utf8.elementsEqual(text) else {
      throw JSONMistake(reason: .notUTF8, offset: start)
    }
    return string
  }

  /// The character that `\n` or `\uD83D\uDE00` stands for.
  private mutating func escape() throws(JSONMistake) -> Unicode.Scalar {
    let start = offset
    offset += 1
    let letter = next
    offset += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter!)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      if let unit = fourDigits() {
        if let scalar = Unicode.Scalar(unit) { return scalar }
        if unit < 0xDC00, next == UInt8(ascii: "\\") {
          offset += 1
          if next == UInt8(ascii: "u") {
            offset += 1
            if let low = fourDigits(), 0xDC00...0xDFFF ~= low {
              return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))!
            }
          }
        }
      }
    default: break
    }
    throw JSONMistake(reason: .badEscape, offset: start)
  }

  private mutating func fourDigits() -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[offset..<(offset + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        return nil
      }
      value = value << 4 | UInt32(digit)
    }
    offset += 4
    return value
  }
}
