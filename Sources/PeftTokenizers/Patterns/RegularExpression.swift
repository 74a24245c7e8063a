import CPCRE2
import PeftBasics

/// A regular expression of a tokenizer, matched by PCRE2 in bounded time.
final class RegularExpression: @unchecked Sendable {
  // Unchecked: nothing in the compiled pattern changes, so any number of threads may match with it.
  private let code: OpaquePointer
  let source: String

  static let longest = 20_000
  /// Steps back in one attempt at a match before they count, and all that may count.
  private static let freeSteps: UInt32 = 256
  private static let steps = 2_000_000
  private static let kilobytes: UInt32 = 65_536
  /// A text may be read many times over by one step, which PCRE2 does not count: time does.
  private static let time = Duration.seconds(5)

  init(_ source: String) throws(OnigurumaTranslator.Problem) {
    guard source.utf8.count <= Self.longest else {
      throw OnigurumaTranslator.Problem(text: "it exceeds \(Self.longest) bytes")
    }
    var pattern = try OnigurumaTranslator.translation(of: source)
    var error: Int32 = 0
    var offset = 0
    let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP)
    let context = pcre2_compile_context_create_8(nil)
    defer { pcre2_compile_context_free_8(context) }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    let compiled = pattern.withUTF8 {
      pcre2_compile_8($0.baseAddress, $0.count, options, &error, &offset, context)
    }
    guard let compiled else {
      throw OnigurumaTranslator.Problem(text: Self.message(of: error))
    }
    // Where the system forbids it, matching is slower and otherwise the same.
    pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
    code = compiled
    self.source = source
  }

  deinit { pcre2_code_free_8(code) }

  private static func message(of error: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = bytes.withUnsafeMutableBufferPointer {
      pcre2_get_error_message_8(error, $0.baseAddress, $0.count)
    }
    return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
  }

  struct GaveUp: Error {}

  /// All matches from left to right, none overlapping; an empty one not right after another.
  func matches(in text: [UInt8]) throws(GaveUp) -> [Range<Int>] {
    guard let found = pcre2_match_data_create_8(1, nil) else { throw GaveUp() }
    defer { pcre2_match_data_free_8(found) }
    guard let limits = pcre2_match_context_create_8(nil) else { throw GaveUp() }
    defer { pcre2_match_context_free_8(limits) }
    pcre2_set_heap_limit_8(limits, Self.kilobytes)
    return try text.withUnsafeBufferPointer { bytes throws(GaveUp) in
      try matches(in: bytes, found, limits)
    }
  }

  private func matches(
    in text: UnsafeBufferPointer<UInt8>, _ found: OpaquePointer, _ limits: OpaquePointer
  ) throws(GaveUp) -> [Range<Int>] {
    guard let offsets = pcre2_get_ovector_pointer_8(found) else { throw GaveUp() }
    var ranges: [Range<Int>] = []
    var (start, attempts) = (0, 0)
    var stepsLeft = Self.steps + 64 * text.count
    var deadline: ContinuousClock.Instant?
    while start <= text.count {
      attempts += 1
      if attempts % 64 == 0 {
        let now = ContinuousClock.now
        let limit = deadline ?? now + Self.time + .microseconds(10 * text.count)
        deadline = limit
        guard now < limit else { throw GaveUp() }
      }
      var outcome = match(text, at: start, found, limits, steps: Self.freeSteps)
      var steps = 16 * Self.freeSteps
      while outcome == PCRE2_ERROR_MATCHLIMIT || outcome == PCRE2_ERROR_JIT_STACKLIMIT {
        stepsLeft -= Int(steps)
        guard stepsLeft > 0 else { throw GaveUp() }
        outcome = match(text, at: start, found, limits, steps: steps, isFirst: false)
        steps = steps.multipliedReportingOverflow(by: 4).partialValue
      }
      guard outcome >= 0 || outcome == PCRE2_ERROR_NOMATCH else { throw GaveUp() }
      if outcome >= 0, offsets[1] > start || ranges.last?.upperBound != start {
        ranges.append(start..<offsets[1])
        if offsets[1] > start {
          start = offsets[1]
          continue
        }
      }
      start += start < text.count ? text[start].utf8Width : 1
    }
    return ranges
  }

  /// Tries one place only, so that the limit of steps is one for each place.
  private func match(
    _ text: UnsafeBufferPointer<UInt8>, at start: Int, _ found: OpaquePointer,
    _ limits: OpaquePointer, steps: UInt32, isFirst: Bool = true
  ) -> Int32 {
    pcre2_set_match_limit_8(limits, steps)
    let options =
      UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_NO_UTF_CHECK)
      | (isFirst ? 0 : UInt32(PCRE2_NO_JIT))
    return pcre2_match_8(code, text.baseAddress, text.count, start, options, found, limits)
  }
}
