import CPCRE2

/// A pattern in PCRE2's own dialect, compiled; freed with the last reference.
///
/// Patterns come from files that strangers wrote: `PatternMatcher` matches with them within limits.
/// Swift's own `Regex` has none. Lines end in LF alone.
package final class CompiledPattern: @unchecked Sendable {
  // Unchecked: nothing in it changes after it was made, so any number of threads may match with it.
  fileprivate let code: OpaquePointer

  /// What PCRE2 has against a pattern.
  package struct Problem: Error {
    package let message: String
    /// Whether the pattern is fine but for its size.
    let isSize: Bool
  }

  /// - Parameters:
  ///   - allowsCaretAtEnd: Whether `^` in multi-line mode also matches after the last line break.
  ///   - isMachineCode: Whether to translate the pattern to machine code, which is worth the time
  ///     where it is matched often.
  package init(
    _ source: String, allowsCaretAtEnd: Bool = false, isMachineCode: Bool = false
  ) throws(Problem) {
    guard let context = pcre2_compile_context_create_8(nil) else {
      throw Problem(message: "no memory is left", isSize: true)
    }
    defer { pcre2_compile_context_free_8(context) }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    let options =
      UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP)
      | (allowsCaretAtEnd ? UInt32(PCRE2_ALT_CIRCUMFLEX) : 0)
    var pattern = source
    var error: Int32 = 0
    var offset = 0
    let compiled = pattern.withUTF8 {
      pcre2_compile_8($0.baseAddress, $0.count, options, &error, &offset, context)
    }
    guard let compiled else { throw Problem(error) }
    // Where the system forbids machine code, matching is slower and otherwise the same.
    if isMachineCode { pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE)) }
    code = compiled
  }

  deinit { pcre2_code_free_8(code) }
}

extension CompiledPattern.Problem {
  fileprivate init(_ error: Int32) {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = bytes.withUnsafeMutableBufferPointer {
      pcre2_get_error_message_8(error, $0.baseAddress, $0.count)
    }
    message = String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    isSize = [PCRE2_ERROR_PATTERN_TOO_LARGE, PCRE2_ERROR_HEAP_FAILED].contains(error)
  }
}

/// Matches with a pattern within limits on steps and memory, on one thread.
package struct PatternMatcher: ~Copyable {
  package enum Outcome {
    case match
    case noMatch
    /// More steps may find one.
    case outOfSteps
    case gaveUp
  }

  /// Which part of the text a match has to cover.
  package enum Extent { case anywhere, fromStart, whole }

  private let pattern: CompiledPattern
  private let found: OpaquePointer
  private let limits: OpaquePointer
  private let offsets: UnsafeMutablePointer<Int>
  private let groups: Int

  /// - Parameters:
  ///   - groups: How many of the pattern's groups are asked for afterwards.
  ///   - kilobytes: The memory that a match may take.
  /// - Returns: Nil where no memory is left.
  package init?(_ pattern: CompiledPattern, groups: Int = 0, kilobytes: UInt32) {
    guard let found = pcre2_match_data_create_8(UInt32(groups + 1), nil) else { return nil }
    guard let limits = pcre2_match_context_create_8(nil),
      let offsets = pcre2_get_ovector_pointer_8(found)
    else {
      pcre2_match_data_free_8(found)
      return nil
    }
    pcre2_set_heap_limit_8(limits, kilobytes)
    (self.pattern, self.groups) = (pattern, groups)
    (self.found, self.limits, self.offsets) = (found, limits, offsets)
  }

  deinit {
    pcre2_match_data_free_8(found)
    pcre2_match_context_free_8(limits)
  }

  /// Looks for a match.
  ///
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - start: Where it may begin: the start of a character. What is before can still be seen.
  ///   - steps: How many steps back the search may take, at each place where a match may begin.
  ///   - usesMachineCode: Machine code counts other steps, and has a stack of its own to run out of.
  package func match(
    _ text: UnsafeBufferPointer<UInt8>, at start: Int = 0, _ extent: Extent, steps: UInt32,
    usesMachineCode: Bool = true
  ) -> Outcome {
    pcre2_set_match_limit_8(limits, steps)
    let anchors =
      switch extent {
      case .anywhere: UInt32(0)
      case .fromStart: UInt32(PCRE2_ANCHORED)
      case .whole: UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_ENDANCHORED)
      }
    let options =
      anchors | UInt32(PCRE2_NO_UTF_CHECK) | (usesMachineCode ? 0 : UInt32(PCRE2_NO_JIT))
    let outcome = pcre2_match_8(
      pattern.code, text.baseAddress, text.count, start, options, found, limits)
    return switch outcome {
    case 0...: .match
    case PCRE2_ERROR_NOMATCH: .noMatch
    case PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_JIT_STACKLIMIT: .outOfSteps
    default: .gaveUp
    }
  }

  /// What the last match covers.
  package var start: Int { offsets[0] }
  package var end: Int { offsets[1] }

  /// What a group covers, number 0 being the whole match; nil where it took no part.
  package func range(ofGroup group: Int) -> Range<Int>? {
    precondition(group <= groups, "group \(group) of \(groups)")
    let (start, end) = (offsets[2 * group], offsets[2 * group + 1])
    return start >= 0 && start <= end ? start..<end : nil
  }
}
