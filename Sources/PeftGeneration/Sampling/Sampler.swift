import CPUCore

/// Chooses the next tokens of one row.
struct Sampler: Sendable {
  private let penalties: [any LogitsProcessor]
  private let warpers: [any LogitsProcessor]
  /// Nil where the most likely token is taken.
  private var numbers: SplitMix64?

  /// - Parameter row: Every row draws other numbers.
  init(_ settings: SamplingSettings, row: Int) {
    penalties = settings.penalties
    warpers = settings.isSampling ? settings.warpers : []
    numbers =
      settings.isSampling
      ? SplitMix64(
        seed: UInt64(bitPattern: Int64(settings.seed)), stream: UInt64(truncatingIfNeeded: row))
      : nil
  }

  /// - Parameter text: The tokens so far.
  /// - Returns: Nil where a logit is NaN, or all are −inf.
  mutating func next(
    _ logits: UnsafeBufferPointer<Float>, after text: @autoclosure () -> [Int]
  ) -> Int? {
    penalties.isEmpty && numbers == nil ? logits.mostLikely : next(Array(logits), after: text())
  }

  mutating func next(_ logits: [Float], after text: [Int]) -> Int? {
    var logits = logits
    for processor in penalties { processor.process(&logits, after: text) }
    guard let best = logits.mostLikely, numbers != nil else { return logits.mostLikely }
    for processor in warpers { processor.process(&logits, after: text) }
    return drawn(from: logits.softmax) ?? best
  }

  private mutating func drawn(from probabilities: [Float]) -> Int? {
    guard let word = numbers?.next() else { return nil }
    // 53 bits, as many as a double has.
    var rest = Double(word >> 11) * 0x1p-53 * Double(probabilities.reduce(0, +))
    var last: Int?
    for (token, probability) in probabilities.enumerated() where probability > 0 {
      last = token
      rest -= Double(probability)
      if rest < 0 { return token }
    }
    return last
  }
}

extension [Float] {
  var mostLikely: Int? { withUnsafeBufferPointer(\.mostLikely) }
}

extension UnsafeBufferPointer<Float> {
  /// The first of the largest; nil where there is a NaN, or all are −inf.
  var mostLikely: Int? {
    var (best, largest) = (-1, -Float.infinity)
    for (index, logit) in enumerated() {
      if logit.isNaN { return nil }
      if logit > largest { (best, largest) = (index, logit) }
    }
    return best < 0 ? nil : best
  }
}
