/// GPT-2's way to write any byte as a visible character: most stand for themselves, the others for
/// characters from U+0100 on, so that a space is `Ġ`.
enum ByteAlphabet {
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (0...255).map { (byte: UInt32) -> Unicode.Scalar in
      if 0x21...0x7E ~= byte || 0xA1...0xAC ~= byte || 0xAE...0xFF ~= byte {
        return Unicode.Scalar(byte)!
      }
      defer { next += 1 }
      return Unicode.Scalar(next)!
    }
  }()

  static let spellings: [[UInt8]] = scalars.map { Array(UTF8.encode($0)!) }

  /// Bytes by character, for characters below U+0144.
  private static let bytes: [UInt8?] = scalars.enumerated().reduce(
    into: Array(repeating: nil, count: 0x144)
  ) { bytes, entry in bytes[Int(entry.element.value)] = UInt8(entry.offset) }

  static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    scalar.value < 0x144 ? bytes[Int(scalar.value)] : nil
  }

  /// Every byte of a text as its character.
  static func spelled(_ text: AlignedText) -> AlignedText {
    var result = AlignedText()
    result.reserveCapacity(text.count + text.count / 2)
    for (byte, origin) in zip(text.bytes, text.origins) {
      result.append(spellings[Int(byte)], origin: origin)
    }
    return result
  }
}
