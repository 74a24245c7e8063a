import CPCRE2

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
      compiled = try CompiledPattern(translation.pattern)
    } catch {
      throw error.shown(as: source, offsetBy: before.unicodeScalars.count)
    }
    self.source = source
  }

  /// Whether the pattern covers all of a text, as `re.fullmatch` asks.
  package func matchesWhole(_ text: String) throws(PatternError) -> Bool {
    try wholeMatch(text) != nil
  }

  package func wholeMatch(_ text: String) throws(PatternError) -> Match? {
    try match(text, UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_ENDANCHORED))
  }

  /// The match at the start of a text, as `re.match` finds it.
  package func startMatch(_ text: String) throws(PatternError) -> Match? {
    try match(text, UInt32(PCRE2_ANCHORED))
  }

  /// The first match anywhere in a text, as `re.search` finds it.
  func firstMatch(in text: String) throws(PatternError) -> Match? {
    try match(text, 0, starts: text.utf8.count + 1)
  }

  /// - Parameter starts: From how many places the match may be tried; each gets its share of steps.
  private func match(
    _ text: String, _ options: UInt32, starts: Int = 1
  ) throws(PatternError) -> Match? {
    var text = text
    let length = text.utf8.count
    let gaveUp = PatternError(pattern: source, reason: .gaveUp(text: text))
    guard length <= Self.longestText,
      let found = pcre2_match_data_create_8(UInt32(groupCount + 1), nil)
    else { throw gaveUp }
    defer { pcre2_match_data_free_8(found) }
    guard let limits = pcre2_match_context_create_8(nil) else { throw gaveUp }
    defer { pcre2_match_context_free_8(limits) }
    // A step can read the whole text, so a longer text gets fewer of them.
    let steps = min(Self.steps, Self.bytesRead / (length + 1)) / starts
    pcre2_set_match_limit_8(limits, UInt32(max(steps, 100)))
    pcre2_set_depth_limit_8(limits, UInt32(max(steps, 100)))
    pcre2_set_heap_limit_8(limits, Self.kilobytes)

    let outcome = text.withUTF8 {
      pcre2_match_8(
        compiled.code, $0.baseAddress, $0.count, 0, options | UInt32(PCRE2_NO_UTF_CHECK), found,
        limits)
    }
    if outcome == PCRE2_ERROR_NOMATCH { return nil }
    guard outcome > 0, let offsets = pcre2_get_ovector_pointer_8(found) else { throw gaveUp }
    let ranges = (0...groupCount).map { group -> Range<String.Index>? in
      let (start, end) = (offsets[2 * group], offsets[2 * group + 1])
      guard start >= 0, start <= end, end <= length else { return nil }
      return index(start, in: text)..<index(end, in: text)
    }
    return ranges[0].map { Match(range: $0, groups: Array(ranges.dropFirst()), names: names) }
  }

  private func index(_ offset: Int, in text: String) -> String.Index {
    text.utf8.index(text.startIndex, offsetBy: offset)
  }
}
