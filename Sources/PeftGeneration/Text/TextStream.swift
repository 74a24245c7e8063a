import PeftTokenizers

/// The text of tokens that come one after another, piece by piece: no character is given in halves, and nothing that
/// may be the beginning of a stop text is given before that is known.
struct TextStream {
  private let tokenizer: Tokenizer
  private let stopTexts: [String]
  private var tokens: [Int] = []
  /// The first token of those that are decoded together with new ones: what a token's text is depends on the one
  /// before it.
  private var windowStart = 0
  /// The first token whose text is not known yet.
  private var unread = 0
  /// Text that may be the beginning of a stop text.
  private var held = ""
  /// Whether a stop text has come.
  private(set) var isStopped = false

  init(_ tokenizer: Tokenizer, stopTexts: [String]) {
    self.tokenizer = tokenizer
    self.stopTexts = stopTexts.filter { !$0.isEmpty }
  }

  /// - Returns: What is known of the text now, and was not before.
  /// - Throws: `TokenizerError` where the tokenizer has no such token.
  mutating func append(_ token: Int) throws(TokenizerError) -> String {
    tokens.append(token)
    let text = try newText()
    // A half of a character, or of several that are shown as one.
    guard let last = text.unicodeScalars.last, last != "\u{FFFD}", last != "\u{200D}" else {
      return ""
    }
    take()
    return release(text)
  }

  /// - Returns: What is left of the text at its end.
  mutating func finish() throws(TokenizerError) -> String {
    let text = try newText()
    take()
    let rest = release(text)
    defer { held = "" }
    return isStopped ? rest : rest + held
  }

  /// The text of the tokens that are not read yet.
  private func newText() throws(TokenizerError) -> String {
    let known = try tokenizer.decode(Array(tokens[windowStart..<unread]))
    let all = try tokenizer.decode(Array(tokens[windowStart...]))
    return String(decoding: all.utf8.dropFirst(known.utf8.count), as: UTF8.self)
  }

  private mutating func take() { (windowStart, unread) = (unread, tokens.count) }

  /// Gives text with what was held back, up to a stop text.
  private mutating func release(_ text: String) -> String {
    guard !isStopped else { return "" }
    let whole = Array((held + text).utf8)
    let stops = stopTexts.map { Array($0.utf8) }
    if let end = stops.compactMap({ whole.firstRange(of: $0)?.lowerBound }).min() {
      isStopped = true
      held = ""
      return String(decoding: whole[..<end], as: UTF8.self)
    }
    let heldCount =
      stops.flatMap { stop in
        (1..<max(1, stop.count)).filter { whole.suffix($0).elementsEqual(stop.prefix($0)) }
      }.max() ?? 0
    held = String(decoding: whole.suffix(heldCount), as: UTF8.self)
    return String(decoding: whole.dropLast(heldCount), as: UTF8.self)
  }
}
