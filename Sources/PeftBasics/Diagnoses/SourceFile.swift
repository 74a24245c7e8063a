/// A text with its path and its lines, kept so that an error can quote the line it is about.
///
/// A character is a Unicode scalar throughout, and a line ends with `\n`, `\r\n` or a lone `\r`.
public final class SourceFile: Sendable {
  /// The path as the user wrote it; for a text that is no file, whatever messages should call it.
  public let path: String
  public let text: String
  private let lines: [LineStart]

  private struct LineStart {
    let character: Int
    let byte: Int
  }

  public init(path: String, text: String) {
    self.path = path
    var text = text
    text.makeContiguousUTF8()
    self.text = text
    var lines = [LineStart(character: 0, byte: 0)]
    text.withUTF8 { bytes in
      var characters = 0
      for (index, byte) in bytes.enumerated() {
        if byte & 0xC0 != 0x80 { characters += 1 }
        let isBreak =
          byte == UInt8(ascii: "\n")
          || byte == UInt8(ascii: "\r")
            && !(index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n"))
        if isBreak { lines.append(LineStart(character: characters, byte: index + 1)) }
      }
    }
    self.lines = lines
  }

  /// How many lines the text has; a text that ends with a line break has an empty last one.
  public var lineCount: Int { lines.count }

  /// The line of this number, counted from 1, without its line break.
  public func line(_ number: Int) -> Substring? {
    guard number >= 1, number <= lines.count else { return nil }
    let utf8 = text.utf8
    let start = utf8.index(utf8.startIndex, offsetBy: lines[number - 1].byte)
    let end =
      number < lines.count
      ? utf8.index(utf8.startIndex, offsetBy: lines[number].byte) : utf8.endIndex
    // Unicode scalars, because a `Character` would swallow "\r\n" whole.
    var line = text.unicodeScalars[start..<end]
    while let last = line.last, last == "\n" || last == "\r" { line.removeLast() }
    return Substring(line)
  }

  /// The line and column of a character, by its offset in the text.
  package func position(ofCharacter offset: Int) -> SourcePosition {
    var low = 0
    var high = lines.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle].character <= offset { low = middle } else { high = middle }
    }
    return SourcePosition(line: low + 1, column: max(0, offset - lines[low].character) + 1)
  }

  /// The offset of a line's first character; the line must exist.
  package func characterOffset(ofLine number: Int) -> Int { lines[number - 1].character }

  /// What stands before a character on its line.
  package func lineBefore(_ character: Int) -> String.UnicodeScalarView.SubSequence {
    let line = lines[position(ofCharacter: character).line - 1]
    return characters(from: line.character, to: character).unicodeScalars
  }

  /// The characters between two offsets, as far as the text has them.
  package func characters(from start: Int, to end: Int) -> Substring {
    let line = lines[position(ofCharacter: start).line - 1]
    let scalars = text.unicodeScalars
    let lineStart = text.utf8.index(text.utf8.startIndex, offsetBy: line.byte)
    let first =
      scalars.index(lineStart, offsetBy: start - line.character, limitedBy: scalars.endIndex)
      ?? scalars.endIndex
    let last =
      scalars.index(first, offsetBy: max(0, end - start), limitedBy: scalars.endIndex)
      ?? scalars.endIndex
    return Substring(scalars[first..<last])
  }
}

extension SourceFile: Hashable {
  /// Two readings of a file are two files: a range belongs to the text that it was read from.
  public static func == (a: SourceFile, b: SourceFile) -> Bool { a === b }

  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
