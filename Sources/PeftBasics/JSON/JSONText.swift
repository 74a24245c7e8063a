extension [UInt8] {
  /// Appends a text in JSON's quotes; only what must be escaped is.
  package mutating func appendJSON(_ text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): self += [UInt8(ascii: "\\"), byte]
      case 8: self += #"\b"#.utf8
      case 9: self += #"\t"#.utf8
      case 10: self += #"\n"#.utf8
      case 12: self += #"\f"#.utf8
      case 13: self += #"\r"#.utf8
      case ..<0x20:
        self += (byte < 0x10 ? #"\u000"# : #"\u00"#).utf8
        self += String(byte, radix: 16).utf8
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}
