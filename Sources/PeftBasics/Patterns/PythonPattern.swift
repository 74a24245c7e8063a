/// A regular expression in the dialect of Python's `re`, matched by PCRE2 within limits.
///
/// Patterns come from files that strangers wrote, so the work of a match is bounded: one that would
/// take long ends in an error instead. Swift's own `Regex` has no such bound.
package struct PythonPattern: Sendable {
  /// Where a pattern matched, and what its groups hold.
  package struct Match {
    let range: Range<String.Index>
    /// Group 1 first; nil for a group that took no part.
    let groups: [Range<String.Index>?]
    fileprivate let names: [String: Int]

    /// The range of a named group; nil where it took no part or does not exist.
    package subscript(name: String) -> Range<String.Index>? {
      names[name].flatMap { groups[$0 - 1] }
    }
  }

  /// The longest pattern, and the longest text, in bytes of UTF-8.
  static let longestPattern = 20_000
  static let longestText = 65_536
  /// How many steps back one match may take, how much text those may read, and how much memory.
  private static let steps = 100_000
  private static let bytesRead = 5_000_000
  private static let kilobytes: UInt32 = 8_192

  let source: String
  private let compiled: CompiledPattern
  private let names: [String: Int]
  private let groupCount: Int

  /// - Parameters:
  ///   - source: The pattern as somebody wrote it, and as errors show it.
  ///   - before: What PEFT puts before it, as text: an alternative in `source` splits all of it.
  ///   - after: What PEFT puts after it.
  package init(
    _ source: String, before: String = "", after: String = ""
  ) throws(PatternError) {
    guard source.utf8.count <= Self.longestPattern else {
      let limit = "it exceeds \(Self.longestPattern) bytes"
      throw PatternError(pattern: source, reason: .tooLong(limit: limit))
    }
    do throws(PatternError) {
      let translation = try PatternTranslator.translation(of: before + source + after)
      names = translation.names
      groupCount = translation.groups
      compiled = try Self.compiled(translation.pattern)
    } catch {
      throw error.shown(as: source, offsetBy: before.unicodeScalars.count)
    }
    self.source = source
  }

  private static func compiled(_ pattern: String) throws(PatternError) -> CompiledPattern {
    do throws(CompiledPattern.Problem) {
      return try CompiledPattern(pattern, allowsCaretAtEnd: true)
    } catch {
      throw PatternError(
        pattern: pattern,
        reason: error.isSize
          ? .tooLong(limit: error.message) : .unsupported(feature: error.message, offset: nil))
    }
  }

  /// Whether the pattern covers all of a text, as `re.fullmatch` asks.
  package func matchesWhole(_ text: String) throws(PatternError) -> Bool {
    try wholeMatch(text) != nil
  }

  package func wholeMatch(_ text: String) throws(PatternError) -> Match? {
    try match(text, .whole)
  }

  /// The match at the start of a text, as `re.match` finds it.
  package func startMatch(_ text: String) throws(PatternError) -> Match? {
    try match(text, .fromStart)
  }

  /// The first match anywhere in a text, as `re.search` finds it.
  func firstMatch(in text: String) throws(PatternError) -> Match? { try match(text, .anywhere) }

  private func match(
    _ text: String, _ extent: PatternMatcher.Extent
  ) throws(PatternError) -> Match? {
    var text = text
    let length = text.utf8.count
    let gaveUp = PatternError(pattern: source, reason: .gaveUp(text: text))
    guard length <= Self.longestText,
      let matcher = PatternMatcher(compiled, groups: groupCount, kilobytes: Self.kilobytes)
    else { throw gaveUp }
    // A step can read the whole text, so a longer text gets fewer of them; and each place where a
    // match may begin gets its share.
    let places = extent == .anywhere ? length + 1 : 1
    let steps = UInt32(max(min(Self.steps, Self.bytesRead / (length + 1)) / places, 100))
    let outcome = text.withUTF8 { matcher.match($0, extent, steps: steps) }
    if outcome == .noMatch { return nil }
    guard outcome == .match else { throw gaveUp }
    let ranges = (0...groupCount).map { group in
      matcher.range(ofGroup: group).map {
        index($0.lowerBound, in: text)..<index($0.upperBound, in: text)
      }
    }
    return ranges[0].map { Match(range: $0, groups: Array(ranges.dropFirst()), names: names) }
  }

  private func index(_ offset: Int, in text: String) -> String.Index {
    text.utf8.index(text.startIndex, offsetBy: offset)
  }
}
