/// Texts as Python has them: sequences of code points, equal where these are the same.
extension String {
  /// The same bytes, where `==` would also take canonically equivalent texts for equal.
  func isSame(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  init(scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }

  // MARK: Searching

  /// The offset in bytes at which a text is found first.
  func firstOffset(of part: String, from start: Int = 0) -> Int? {
    Self.withBytes(self, part) { text, part in
      Self.first(part, in: text, from: start)
    }
  }

  /// The bytes of both texts, in one piece each.
  private static func withBytes<Result>(
    _ a: String, _ b: String,
    _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    var (a, b) = (a, b)
    return try a.withUTF8 { a in try b.withUTF8 { b in try body(a, b) } }
  }

  private static func first(
    _ part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int? {
    guard let letter = part.first else { return start <= text.count ? start : nil }
    var index = start
    while index + part.count <= text.count {
      if text[index] == letter, matches(part, in: text, at: index) { return index }
      index += 1
    }
    return nil
  }

  private static func matches(
    _ part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, at index: Int
  ) -> Bool {
    for offset in part.indices where text[index + offset] != part[offset] { return false }
    return true
  }

  /// How often `part` is in the text, and where, without overlaps: offsets in bytes.
  /// - Parameter limit: The most that are looked for.
  func offsets(of part: String, limit: Int = .max) -> [Int] {
    Self.withBytes(self, part) { text, part in
      var offsets: [Int] = []
      var start = 0
      while offsets.count < limit, let found = Self.first(part, in: text, from: start) {
        offsets.append(found)
        start = found + max(1, part.count)
      }
      return offsets
    }
  }

  func hasBytesPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

  func hasBytesSuffix(_ suffix: String) -> Bool {
    utf8.count >= suffix.utf8.count
      && utf8.dropFirst(utf8.count - suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// The bytes from one offset to another, which must be borders of characters.
  func bytes(_ range: Range<Int>) -> String {
    let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
    let end = utf8.index(start, offsetBy: range.count)
    return String(self[start..<end])
  }

  // MARK: Parts

  /// Without characters of a set at its ends; without white space where there is no set.
  func stripped(_ characters: String?, start: Bool = true, end: Bool = true) -> String {
    let isStripped: (Unicode.Scalar) -> Bool
    if let characters {
      let set = Set(characters.unicodeScalars)
      isStripped = set.contains
    } else {
      isStripped = \.isPythonSpace
    }
    var rest = unicodeScalars[...]
    if start { rest = rest.drop(while: isStripped) }
    if end { while let last = rest.last, isStripped(last) { rest.removeLast() } }
    return String(rest)
  }

  /// `split()`: the words between white space.
  func words(limit: Int) -> [String] {
    var words: [String] = []
    var rest = unicodeScalars[...].drop(while: \.isPythonSpace)
    while !rest.isEmpty {
      if words.count == limit {
        words.append(String(rest))
        break
      }
      let word = rest.prefix { !$0.isPythonSpace }
      words.append(String(word))
      rest = rest[word.endIndex...].drop(while: \.isPythonSpace)
    }
    return words
  }

  /// `rsplit()`: the same from the end.
  func wordsFromEnd(limit: Int) -> [String] {
    let reversed = String(scalars: unicodeScalars.reversed()).words(limit: limit)
    return reversed.reversed().map { String(scalars: $0.unicodeScalars.reversed()) }
  }

  /// The pieces between separators.
  func pieces(between separator: String, limit: Int, fromEnd: Bool = false) -> [String] {
    var found = fromEnd ? offsetsFromEnd(of: separator) : offsets(of: separator, limit: limit)
    if fromEnd { found = found.suffix(limit) }
    var pieces: [String] = []
    var start = 0
    for offset in found {
      pieces.append(bytes(start..<offset))
      start = offset + separator.utf8.count
    }
    return pieces + [bytes(start..<utf8.count)]
  }

  /// Where a text is, looking from the end: overlapping places may be others than from the start.
  private func offsetsFromEnd(of part: String) -> [Int] {
    let length = part.utf8.count
    return Self.withBytes(self, part) { text, part in
      var offsets: [Int] = []
      var index = text.count - length
      while index >= 0 {
        if Self.matches(part, in: text, at: index) {
          offsets.append(index)
          index -= length
        } else {
          index -= 1
        }
      }
      return offsets.reversed()
    }
  }

  /// `replace()`; an empty text is found between all characters.
  func replacing(_ old: String, by new: String, limit: Int) -> String {
    guard limit > 0 else { return self }
    var result = ""
    if old.isEmpty {
      var count = 0
      for character in unicodeScalars {
        if count < limit { result += new }
        count += 1
        result.unicodeScalars.append(character)
      }
      return count < limit ? result + new : result
    }
    var start = 0
    for offset in offsets(of: old, limit: limit) {
      result += bytes(start..<offset) + new
      start = offset + old.utf8.count
    }
    return start == 0 ? self : result + bytes(start..<utf8.count)
  }

  func lines(keepingEnds: Bool = false) -> [String] {
    var lines: [String] = []
    var rest = unicodeScalars[...]
    while !rest.isEmpty {
      let line = rest.prefix { !$0.isPythonLineEnd }
      var end = line.endIndex
      if end < rest.endIndex {
        let isReturn = rest[end] == "\r"
        end = rest.index(after: end)
        if isReturn, end < rest.endIndex, rest[end] == "\n" { end = rest.index(after: end) }
      }
      lines.append(String(keepingEnds ? rest[..<end] : line))
      rest = rest[end...]
    }
    return lines
  }

  // MARK: Letters

  var lowered: String {
    let scalars = Array(unicodeScalars)
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      if scalar == "Σ" {
        result += Self.isFinalSigma(scalars, at: index) ? "ς" : "σ"
      } else {
        result += scalar.properties.lowercaseMapping
      }
    }
    return result
  }

  private static func isFinalSigma(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }

  var uppered: String {
    var result = ""
    for scalar in unicodeScalars { result += scalar.properties.uppercaseMapping }
    return result
  }

  var capitalised: String {
    guard let first = unicodeScalars.first else { return self }
    let rest = String(unicodeScalars.dropFirst())
    return first.properties.titlecaseMapping + rest.lowered
  }

  /// `title()`: every letter behind a letter is a small one.
  var titled: String {
    var (result, isInWord) = ("", false)
    for scalar in unicodeScalars {
      let properties = scalar.properties
      result += isInWord ? properties.lowercaseMapping : properties.titlecaseMapping
      isInWord = properties.isCased
    }
    return result
  }

  /// Whether it has letters of this case, and none of the other.
  func isCased(upper: Bool) -> Bool {
    var hasCase = false
    for scalar in unicodeScalars where scalar.properties.isCased {
      let isUpper = scalar.properties.isUppercase
      guard isUpper == upper, isUpper || scalar.properties.isLowercase else { return false }
      hasCase = true
    }
    return hasCase
  }
}

extension Unicode.Scalar {
  fileprivate var isPythonLineEnd: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
