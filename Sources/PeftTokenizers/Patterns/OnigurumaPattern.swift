import PeftBasics

/// A regular expression of a tokenizer, in Oniguruma's dialect, matched in bounded time.
struct OnigurumaPattern: Sendable {
  let source: String
  private let compiled: CompiledPattern

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
    let pattern = try OnigurumaTranslator.translation(of: source)
    do throws(CompiledPattern.Problem) {
      compiled = try CompiledPattern(pattern, isMachineCode: true)
    } catch {
      throw OnigurumaTranslator.Problem(text: error.message)
    }
    self.source = source
  }

  struct GaveUp: Error {}

  /// All matches from left to right, none overlapping; an empty one not right after another.
  func matches(in text: [UInt8]) throws(GaveUp) -> [Range<Int>] {
    try text.withUnsafeBufferPointer { bytes throws(GaveUp) in try matches(in: bytes) }
  }

  private func matches(in text: UnsafeBufferPointer<UInt8>) throws(GaveUp) -> [Range<Int>] {
    guard let matcher = PatternMatcher(compiled, kilobytes: Self.kilobytes) else { throw GaveUp() }
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
      // One place at a time, so that the limit of steps is one for each place.
      var outcome = matcher.match(text, at: start, .fromStart, steps: Self.freeSteps)
      var steps = 16 * Self.freeSteps
      while outcome == .outOfSteps {
        stepsLeft -= Int(steps)
        guard stepsLeft > 0 else { throw GaveUp() }
        outcome = matcher.match(text, at: start, .fromStart, steps: steps, usesMachineCode: false)
        steps = steps.multipliedReportingOverflow(by: 4).partialValue
      }
      guard outcome != .gaveUp else { throw GaveUp() }
      let end = matcher.end
      if outcome == .match, end > start || ranges.last?.upperBound != start {
        ranges.append(start..<end)
        if end > start {
          start = end
          continue
        }
      }
      start += start < text.count ? text[start].utf8Width : 1
    }
    return ranges
  }
}
