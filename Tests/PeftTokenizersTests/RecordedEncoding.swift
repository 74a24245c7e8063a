import PeftTestSupport
import PeftTokenizers

/// What the `tokenizers` library makes of a text with a tokenizer of `Tests/Fixtures/tokenizers`.
struct RecordedEncoding: Decodable {
  let text: String
  let ids: [Int]
  /// First and last of every token, in characters.
  private let ranges: [Int]
  /// What the ids decode to without and with special tokens, where that differs from the text.
  private let plain: String?
  private let full: String?

  static func all(of name: String) throws -> [RecordedEncoding] {
    try Fixture.rows("tokenizers/\(name).cases.json", at: "cases", exactly: 135)
  }

  /// The characters of every token; where one covers none, such as an added space, the place does
  /// not matter.
  var covered: [Range<Int>] {
    stride(from: 0, to: ranges.count, by: 2).map { index in
      ranges[index] == ranges[index + 1] ? 0..<0 : ranges[index]..<ranges[index + 1]
    }
  }

  var decoded: String { plain ?? text }
  var decodedWithSpecials: String { full ?? decoded }
}

extension Tokenizer {
  /// A tokenizer of `Tests/Fixtures/tokenizers`.
  init(fixture name: String) throws {
    try self.init(path: Fixture.path("tokenizers/\(name).json"))
  }
}

extension String {
  /// The same bytes, where `==` would also take canonically equivalent texts for equal.
  func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  /// How many characters precede every byte.
  var scalarOffsets: [Int] {
    var (offsets, count) = ([Int](), -1)
    for byte in utf8 {
      if byte & 0xC0 != 0x80 { count += 1 }
      offsets.append(count)
    }
    return offsets + [count + 1]
  }
}
