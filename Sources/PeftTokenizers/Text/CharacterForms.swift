// Foundation alone has the decompositions of Unicode.
import Foundation

/// What single characters decompose into and pairs of them compose to in one form, each looked up once.
struct CharacterForms {
  typealias Parts = [(scalar: Unicode.Scalar, combiningClass: UInt8)]

  let form: UnicodeForm
  private var decompositions: [Unicode.Scalar: Parts] = [:]
  private var composites: [Pair: Unicode.Scalar?] = [:]

  private struct Pair: Hashable {
    let first: Unicode.Scalar
    let second: Unicode.Scalar
  }

  init(_ form: UnicodeForm) { self.form = form }

  /// The whole decomposition, marks in order.
  mutating func decomposition(of scalar: Unicode.Scalar) -> Parts {
    if let known = decompositions[scalar] { return known }
    let text = String(scalar)
    let decomposed =
      form.isCompatible
      ? text.decomposedStringWithCompatibilityMapping : text.decomposedStringWithCanonicalMapping
    let parts = decomposed.unicodeScalars.map {
      ($0, $0.properties.canonicalCombiningClass.rawValue)
    }
    decompositions[scalar] = parts
    return parts
  }

  /// The character that two make together; nil where there is none.
  mutating func composite(
    of first: Unicode.Scalar, _ second: Unicode.Scalar
  ) -> Unicode.Scalar? {
    if let syllable = Self.syllable(first, second) { return syllable }
    let pair = Pair(first: first, second: second)
    if let known = composites[pair] { return known }
    var text = String(first)
    text.unicodeScalars.append(second)
    let composed = text.precomposedStringWithCanonicalMapping.unicodeScalars
    let composite = composed.count == 1 ? composed.first : nil
    composites[pair] = .some(composite)
    return composite
  }

  /// A Hangul syllable without a final consonant, and that consonant: Foundation joins them only where the
  /// syllable is decomposed, too.
  private static func syllable(
    _ first: Unicode.Scalar, _ second: Unicode.Scalar
  ) -> Unicode.Scalar? {
    guard 0xAC00...0xD7A3 ~= first.value, (first.value - 0xAC00) % 28 == 0,
      0x11A8...0x11C2 ~= second.value
    else { return nil }
    return Unicode.Scalar(first.value + second.value - 0x11A7)
  }
}
