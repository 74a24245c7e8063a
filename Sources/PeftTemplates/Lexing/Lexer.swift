import PeftBasics

/// Cuts a template into tokens, as jinja2 does with `trim_blocks` and `lstrip_blocks`: a line end after a
/// statement or a comment is left out, and so are blanks between the start of a line and one.
struct Lexer {
  let source: SourceFile
  let characters: [Unicode.Scalar]
  var position = 0
  private(set) var tokens: [Token] = []
  /// Brackets that are open in the present tag.
  var openBrackets: [Token.Symbol] = []
  /// Whether what was read last ends a line; so does the start of the template.
  private var isLineStart = true

  private enum Tag: UInt32 {
    case print = 0x7B  // {
    case statement = 0x25  // %
    case comment = 0x23  // #
  }

  /// The tokens of a template whose lines all end with `\n`.
  static func tokens(of source: SourceFile) throws -> [Token] {
    var lexer = Lexer(source: source, characters: Array(source.text.unicodeScalars))
    try lexer.readAll()
    return lexer.tokens
  }

  private init(source: SourceFile, characters: [Unicode.Scalar]) {
    (self.source, self.characters) = (source, characters)
  }

  private mutating func readAll() throws {
    while position < characters.count {
      guard let (start, tag) = nextTag() else {
        addData(position..<characters.count)
        break
      }
      if tag == .statement, let end = end(ofTag: "raw", at: start, trimsLine: false) {
        addData(trimmed(position..<start, before: sign(at: start + 2), isPrint: false))
        isLineStart = characters[end - 1] == "\n"
        position = end
        try readRaw(from: start)
      } else {
        let sign = sign(at: start + 2)
        addData(trimmed(position..<start, before: sign, isPrint: tag == .print))
        position = start + (sign == nil ? 2 : 3)
        switch tag {
        case .comment: try skipComment(from: start)
        case .print, .statement: try readTag(isPrint: tag == .print, from: start)
        }
        isLineStart = characters[position - 1] == "\n"
      }
    }
    add(.end, from: characters.count)
  }

  // MARK: Text and comments

  private func nextTag() -> (start: Int, tag: Tag)? {
    var index = position
    while index + 1 < characters.count {
      if characters[index] == "{", let tag = Tag(rawValue: characters[index + 1].value) {
        return (index, tag)
      }
      index += 1
    }
    return nil
  }

  private func sign(at index: Int) -> Unicode.Scalar? {
    guard index < characters.count else { return nil }
    return characters[index] == "-" || characters[index] == "+" ? characters[index] : nil
  }

  /// What stays of a text before a tag.
  private func trimmed(
    _ range: Range<Int>, before sign: Unicode.Scalar?, isPrint: Bool
  ) -> Range<Int> {
    var end = range.upperBound
    while end > range.lowerBound, characters[end - 1].isPythonSpace,
      sign == "-" || characters[end - 1] != "\n"
    { end -= 1 }
    if sign == "-" { return range.lowerBound..<end }
    let isWholeLine = end > range.lowerBound ? characters[end - 1] == "\n" : isLineStart
    return sign == nil && !isPrint && isWholeLine ? range.lowerBound..<end : range
  }

  private mutating func addData(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    tokens.append(
      Token(kind: .data(text(range)), place: Place(range.lowerBound, range.upperBound)))
  }

  private mutating func skipComment(from start: Int) throws {
    var index = position
    while index < characters.count {
      if let end = endOfTag(at: index, closing: "#", trimsLine: true) {
        position = end
        return
      }
      index += 1
    }
    throw fault("the comment has no '#}'", from: start)
  }

  private mutating func readRaw(from start: Int) throws {
    var index = position
    while index + 1 < characters.count {
      if characters[index] == "{", characters[index + 1] == "%",
        let end = end(ofTag: "endraw", at: index, trimsLine: true)
      {
        addData(trimmed(position..<index, before: sign(at: index + 2), isPrint: false))
        isLineStart = characters[end - 1] == "\n"
        position = end
        return
      }
      index += 1
    }
    throw fault("'raw' has no 'endraw'", from: start)
  }

  /// Where a tag that holds only this word ends, with the blanks that it takes away.
  private func end(ofTag word: String, at start: Int, trimsLine: Bool) -> Int? {
    var index = skippingBlanks(from: start + (sign(at: start + 2) == nil ? 2 : 3))
    for letter in word.unicodeScalars {
      guard index < characters.count, characters[index] == letter else { return nil }
      index += 1
    }
    return endOfTag(at: skippingBlanks(from: index), closing: "%", trimsLine: trimsLine)
  }

  // MARK: Tags

  /// Where a tag ends whose end stands here, with the blanks that it takes away.
  private func endOfTag(at index: Int, closing: Unicode.Scalar, trimsLine: Bool) -> Int? {
    var index = index
    // '+}}' ends nothing; '+%}' keeps the line end.
    let sign = closing == "}" && sign(at: index) == "+" ? nil : sign(at: index)
    if sign != nil { index += 1 }
    guard index + 1 < characters.count, characters[index] == closing, characters[index + 1] == "}"
    else { return nil }
    index += 2
    if sign == "-" { return skippingBlanks(from: index) }
    if trimsLine, sign == nil, index < characters.count, characters[index] == "\n" { index += 1 }
    return index
  }

  func skippingBlanks(from start: Int) -> Int {
    var index = start
    while index < characters.count, characters[index].isPythonSpace { index += 1 }
    return index
  }

  private mutating func readTag(isPrint: Bool, from start: Int) throws {
    add(isPrint ? .printStart : .statementStart, from: start)
    openBrackets = []
    while position < characters.count {
      if openBrackets.isEmpty,
        let end = endOfTag(at: position, closing: isPrint ? "}" : "%", trimsLine: !isPrint)
      {
        let tokenStart = position
        position = end
        tokens.append(
          Token(
            kind: isPrint ? .printEnd : .statementEnd, place: Place(tokenStart, tokenStart + 2)))
        return
      }
      if characters[position].isPythonSpace {
        position = skippingBlanks(from: position)
      } else {
        try readWord()
      }
    }
    throw fault("the tag has no '\(isPrint ? "}}" : "%}")'", from: start)
  }

  // MARK: Helpers

  mutating func add(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind: kind, place: Place(start, position)))
  }

  func text(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: characters[range])
    return String(text)
  }

  func fault(_ problem: String, from start: Int) -> TemplateError {
    TemplateError(
      reason: .syntax(problem),
      range: SourceRange(file: source, from: start, to: max(start + 1, position)))
  }
}
