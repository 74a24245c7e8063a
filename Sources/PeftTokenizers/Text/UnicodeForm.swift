/// The four ways in which Unicode normalises, in the version 9 that the `tokenizers` library uses.
enum UnicodeForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  var isComposed: Bool { self == .nfc || self == .nfkc }
  var isCompatible: Bool { self == .nfkc || self == .nfkd }

  /// - Complexity: O(n). Every character keeps the origin of the one that it came from; one that was
  ///   composed has that of all its parts.
  func normalized(_ text: AlignedText) -> AlignedText {
    guard text.bytes.contains(where: { $0 >= 0x80 }) else { return text }
    var result = AlignedText()
    result.reserveCapacity(text.count)
    var characters = CharacterForms(self)
    var segment = NormalizedSegment()
    var isFrozen = false
    text.forEachScalar { scalar, range in
      // What version 9 does not know never changes.
      let freezes = !scalar.isKnown(toUnicode: 9)
      if freezes || isFrozen || beginsSegment(scalar) {
        segment.move(to: &result, &characters)
      }
      if freezes {
        result.append(text, range)
      } else {
        segment.append(scalar, origin: text.origins[range.lowerBound], &characters)
      }
      isFrozen = freezes
    }
    segment.move(to: &result, &characters)
    return result
  }

  /// Whether nothing before this character can be joined with it or change places with it.
  private func beginsSegment(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x300 { return true }
    if scalar.isMark || 0x1160...0x11FF ~= scalar.value { return false }
    guard isCompatible else { return true }
    return !(0x3130...0x318F ~= scalar.value || 0xFF9E...0xFFDC ~= scalar.value)
  }
}
