/// A stretch of a source file: what an error underlines.
public struct SourceRange: Hashable, Sendable {
  public let file: SourceFile
  // Offsets in characters; 32 bits keep a node small, and a file is far shorter (`DocumentLimits`).
  private let startOffset: UInt32
  private let endOffset: UInt32

  /// The characters from `start` up to and without `end`, by their offsets in the file's text.
  package init(file: SourceFile, from start: Int, to end: Int) {
    self.file = file
    startOffset = UInt32(clamping: start)
    endOffset = max(startOffset, UInt32(clamping: end))
  }

  /// The first character.
  public var start: SourcePosition { file.position(ofCharacter: startCharacter) }

  /// The place after the last character; equal to `start` where nothing was written.
  public var end: SourcePosition { file.position(ofCharacter: endCharacter) }

  /// Where the range starts, as error messages write it.
  public var location: FileLocation {
    let start = start
    return FileLocation(path: file.path, line: start.line, column: start.column)
  }

  /// The text of the range, as it stands in the file.
  public var text: Substring { file.characters(from: startCharacter, to: endCharacter) }

  package var startCharacter: Int { Int(startOffset) }
  package var endCharacter: Int { Int(endOffset) }
}

extension SourceRange: CustomStringConvertible {
  public var description: String { location.description }
}
