// Foundation alone has the compatibility forms.
import Foundation

/// The four ways in which Unicode normalises, in the version 9 that the `tokenizers` library uses.
enum UnicodeForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  /// - Complexity: O(n). A sequence of characters that changes keeps one origin for all of it.
  func normalized(_ text: AlignedText) -> AlignedText {
    guard text.bytes.contains(where: { $0 >= 0x80 }) else { return text }
    var result = AlignedText()
    result.reserveCapacity(text.count)
    var segment = 0..<0
    func flush() {
      guard !segment.isEmpty else { return }
      let bytes = text.bytes[segment]
      if segment.count > 1, let changed = self.changed(bytes) {
        let origin = text.origin(of: segment)
        result.append(
          changed, origin: AlignedText.Origin(start: origin.lowerBound, end: origin.upperBound))
      } else {
        result.append(text, segment)
      }
    }
    var isFrozen = false
    text.forEachScalar { scalar, range in
      // What version 9 does not know never changes.
      let freezes = !scalar.isKnown(toUnicode: 9)
      if freezes || isFrozen || beginsSegment(scalar) {
        flush()
        segment = range
      } else {
        segment = segment.lowerBound..<range.upperBound
      }
      if freezes {
        result.append(text, range)
        segment = range.upperBound..<range.upperBound
      }
      isFrozen = freezes
    }
    flush()
    return result
  }

  /// Whether nothing before this character can be joined with it or change places with it.
  private func beginsSegment(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x300 { return true }
    if scalar.isMark || 0x1160...0x11FF ~= scalar.value { return false }
    guard self == .nfkc || self == .nfkd else { return true }
    return !(0x3130...0x318F ~= scalar.value || 0xFF9E...0xFFDC ~= scalar.value)
  }

  private func changed(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    let text = String(decoding: bytes, as: UTF8.self)
    let normalized =
      switch self {
      case .nfc: text.precomposedStringWithCanonicalMapping
      case .nfd: text.decomposedStringWithCanonicalMapping
      case .nfkc: text.precomposedStringWithCompatibilityMapping
      case .nfkd: text.decomposedStringWithCompatibilityMapping
      }
    let result = Array(normalized.utf8)
    return result.elementsEqual(bytes) ? nil : result
  }
}
