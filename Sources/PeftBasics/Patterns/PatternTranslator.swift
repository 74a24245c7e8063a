/// Rewrites a pattern from the dialect of Python's `re` (3.11) into PCRE2's.
///
/// The two look alike and differ in details: what `\Z` and `{,3}` mean, what a look-behind may hold,
/// and a good deal of syntax that only one of them has. So the pattern is read by Python's rules,
/// refused where Python refuses it, and written anew in a form that PCRE2 can only understand one
/// way: classes spelled out, literals escaped, names of groups turned into numbers.
struct PatternTranslator {
  /// What was just read, which decides whether a repeat may follow.
  enum Item { case nothing, anchor, atom, repetition }

  /// The settings that the writing depends on; the others are PCRE2's to keep.
  struct Mode {
    /// `(?x)`: spaces and `#` comments mean nothing.
    var isVerbose = false
    /// `(?a)`: `\w`, `\d`, `\s` and `\b` know ASCII only.
    var isASCII = false
    var ignoresCase = false
  }

  static let deepest = 100
  static let mostGroups = 100

  let pattern: String
  var reader: PatternReader
  /// The rewritten pattern, without the settings of the whole.
  var output = ""
  /// `i`, `m` and `s` where they hold for the whole pattern.
  var globalFlags = ""
  /// The width of every group, by number; nil while the group is open. Number 0 is the whole.
  var groups: [PatternWidth?] = [nil]
  var names: [String: Int] = [:]
  /// How many groups there were when the outermost look-behind began.
  var groupsBeforeLookBehind: Int?
  /// Groups that conditions ask about, which may come later in the pattern.
  private var conditions: [(group: Int, offset: Int)] = []
  private var depth = 0

  /// - Returns: The pattern for PCRE2, and the number of each named group.
  static func translation(
    of pattern: String
  ) throws(PatternError) -> (pattern: String, names: [String: Int], groups: Int) {
    guard let reader = PatternReader(pattern) else {
      throw PatternError(
        pattern: pattern,
        reason: .invalid(message: "it ends in a lone backslash", offset: nil))
    }
    var translator = PatternTranslator(pattern: pattern, reader: reader)
    try translator.translate()
    let flags = translator.globalFlags.isEmpty ? "" : "(?\(translator.globalFlags))"
    return (flags + translator.output, translator.names, translator.groups.count - 1)
  }

  private init(pattern: String, reader: PatternReader) {
    self.pattern = pattern
    self.reader = reader
  }

  private mutating func translate() throws(PatternError) {
    _ = try alternatives(Mode(), isWhole: true)
    if reader.peek != nil { throw invalid("a ) has no (") }
    for condition in conditions where condition.group >= groups.count {
      throw invalid("there is no group \(condition.group)", at: condition.offset)
    }
  }

  func invalid(_ message: String, at offset: Int? = nil) -> PatternError {
    PatternError(
      pattern: pattern, reason: .invalid(message: message, offset: offset ?? reader.offset))
  }

  func unsupported(_ feature: String) -> PatternError {
    PatternError(
      pattern: pattern, reason: .unsupported(feature: feature, offset: reader.offset))
  }

  private var tooDeep: PatternError {
    PatternError(
      pattern: pattern, reason: .tooLong(limit: "it nests more than \(Self.deepest) levels deep"))
  }

  /// `a|b|c`, up to the end or to a closing parenthesis.
  mutating func alternatives(
    _ mode: Mode, isWhole: Bool = false
  ) throws(PatternError) -> PatternWidth {
    var mode = mode
    var width = try sequence(&mode, mayHoldGlobalFlags: isWhole)
    while reader.skip("|") {
      output += "|"
      var branch = mode
      width = try width | sequence(&branch)
    }
    return width
  }

  /// A run of items, each perhaps repeated, up to `|`, `)` or the end.
  mutating func sequence(
    _ mode: inout Mode, mayHoldGlobalFlags: Bool = false
  ) throws(PatternError) -> PatternWidth {
    var total = PatternWidth.zero
    var last = (item: Item.nothing, width: PatternWidth.zero)
    while let token = reader.peek, token.isEscaped || (token.scalar != "|" && token.scalar != ")") {
      if mode.isVerbose, skipSpaceOrComment() { continue }
      if token.isEscaped {
        total = total + last.width
        last = try escape(mode)
        continue
      }
      switch token.scalar {
      case "*", "+", "?", "{":
        guard let bounds = try repeatBounds() else {
          total = total + last.width
          last = (.atom, .one)
          write(literal: "{")
          continue
        }
        if last.item == .nothing || last.item == .anchor { throw invalid("nothing to repeat") }
        if last.item == .repetition { throw invalid("a repeat of a repeat") }
        last = (.repetition, last.width.repeated(from: bounds.low, to: bounds.high))
      case "(":
        depth += 1
        let allowed = mayHoldGlobalFlags && last.item == .nothing
        guard depth <= Self.deepest else { throw tooDeep }
        let read = try group(&mode, flagsAllowed: allowed)
        depth -= 1
        guard let read else { continue }
        total = total + last.width
        last = (.atom, read)
      default:
        total = total + last.width
        last = try single(mode)
      }
    }
    return total + last.width
  }

  /// One character, a class, or an anchor.
  private mutating func single(
    _ mode: Mode
  ) throws(PatternError) -> (item: Item, width: PatternWidth) {
    guard let token = reader.next() else { return (.nothing, .zero) }
    switch token.scalar {
    case "^", "$":
      output.unicodeScalars.append(token.scalar)
      return (.anchor, .zero)
    case ".": output += "."
    case "[": try characterClass(mode)
    default: write(literal: token.scalar)
    }
    return (.atom, .one)
  }

  /// A character that stands for itself.
  mutating func write(literal scalar: Unicode.Scalar) {
    output += scalar.patternLiteral
  }

  private mutating func skipSpaceOrComment() -> Bool {
    guard let scalar = reader.bare else { return false }
    if " \t\n\r\u{B}\u{C}".unicodeScalars.contains(scalar) {
      reader.position += 1
      return true
    }
    guard scalar == "#" else { return false }
    _ = reader.text(upTo: "\n")
    return true
  }

  /// Notes that the pattern asks whether a group took part.
  mutating func note(condition group: Int) {
    conditions.append((group, reader.offset))
  }
}
