import Foundation

/// What SentencePiece makes of characters, `Precompiled`: a double array, as Darts has it, from characters to
/// places in a text of their replacements, each ended by a byte 0.
///
/// Of a grapheme of fewer than 6 bytes the first entry that it begins with stands for all of it, as
/// `tokenizers` has it; other graphemes are replaced character by character.
struct CharacterMap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]

  struct Problem: Error { let text: String }

  /// - Parameter base64: How long the array is in bytes, in 4 bytes, the array, the replacements.
  init(base64: String) throws(Problem) {
    guard let data = Data(base64Encoded: base64) else { throw Problem(text: "not base64") }
    try self.init(bytes: Array(data))
  }

  private init(bytes: [UInt8]) throws(Problem) {
    func unit(at start: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
    }
    guard bytes.count >= 4 else { throw Problem(text: "the character map has no length") }
    let count = Int(unit(at: 0))
    guard count % 4 == 0, count >= 4, count <= bytes.count - 4 else {
      throw Problem(text: "the character map ends within its array of \(count) bytes")
    }
    units = stride(from: 4, to: 4 + count, by: 4).map(unit)
    replacements = Array(bytes[(4 + count)...])
    guard Self.areText(replacements) else {
      throw Problem(text: "the replacements of the character map are not UTF-8")
    }
    for unit in units where unit.isValue {
      guard unit.value < replacements.count, replacements[unit.value].beginsCharacter else {
        throw Problem(text: "the character map has no replacement at \(unit.value)")
      }
    }
  }

  private static func areText(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(bytes)
  }

  /// The replacement of the shortest entry that the bytes begin with; nil where there is none.
  private func replacement(of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard var node = position(0 ^ units[0].offset) else { return nil }
    for byte in bytes {
      guard byte != 0, let next = position(node ^ Int(byte)) else { return nil }
      let unit = units[next]
      guard unit.label == UInt32(byte), let child = position(next ^ unit.offset) else {
        return nil
      }
      if unit.hasLeaf, units[child].isValue {
        let rest = replacements[units[child].value...]
        return rest.prefix { $0 != 0 }
      }
      node = child
    }
    return nil
  }

  /// A place in the array; nil where a file leads out of it.
  private func position(_ place: Int) -> Int? { place < units.count ? place : nil }

  func normalized(_ text: AlignedText, limit: Int) throws(EncodingProblem) -> AlignedText {
    var changes = CharacterChanges()
    var count = 0
    func replace(_ part: ArraySlice<UInt8>) -> Bool {
      guard let new = replacement(of: part) else { return false }
      changes.replace(part, with: new)
      count += new.count
      return true
    }
    for range in graphemes(of: text.bytes) {
      if range.count < 6, replace(text.bytes[range]) { continue }
      var start = range.lowerBound
      while start < range.upperBound {
        let character = text.bytes[start..<(start + text.bytes[start].utf8Width)]
        if !replace(character) {
          changes.keep(character)
          count += character.count
        }
        start = character.endIndex
      }
      guard count <= limit else { throw .growsTooMuch }
    }
    return changes.applied(to: text)
  }

  /// Ranges of what a reader takes for one character: letters with their marks, emoji.
  private func graphemes(of bytes: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      // Two bytes of ASCII are always apart, but for the ends of lines.
      var end = start + 1
      while end < bytes.count, bytes[end - 1] >= 0x80 || bytes[end] >= 0x80 || bytes[end] == 0x0A {
        end += 1
      }
      if end == start + 1 {
        ranges.append(start..<end)
      } else {
        for character in String(decoding: bytes[start..<end], as: UTF8.self) {
          ranges.append(start..<(start + character.utf8.count))
          start = ranges[ranges.count - 1].upperBound
        }
      }
      start = end
    }
    return ranges
  }
}

extension UInt32 {
  fileprivate var isValue: Bool { self & 0x8000_0000 != 0 }
  fileprivate var value: Int { Int(self & 0x7FFF_FFFF) }
  fileprivate var hasLeaf: Bool { self & 0x100 != 0 }
  fileprivate var label: UInt32 { self & 0x8000_00FF }
  fileprivate var offset: Int { Int((self >> 10) << ((self & 0x200) >> 6)) }
}
