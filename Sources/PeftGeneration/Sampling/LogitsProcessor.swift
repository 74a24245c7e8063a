import PeftPlatform

/// Changes the logits of the next token before it is chosen.
protocol LogitsProcessor: Sendable {
  /// - Parameters:
  ///   - logits: One for each token of the vocabulary; −inf for those that must not come.
  ///   - text: The tokens so far, those of the prompt among them.
  func process(_ logits: inout [Float], after text: [Int])
}

extension SamplingSettings {
  /// What is applied before the most likely token is taken.
  var penalties: [any LogitsProcessor] {
    repetitionPenalty == 1 ? [] : [RepetitionPenalty(factor: Float(repetitionPenalty))]
  }

  /// What is applied besides, where tokens are drawn.
  var warpers: [any LogitsProcessor] {
    var warpers: [any LogitsProcessor] = []
    if temperature != 1 { warpers.append(Temperature(divisor: Float(temperature))) }
    if let topK, topK > 0 { warpers.append(TopK(count: topK)) }
    if let topP, topP < 1 { warpers.append(TopP(share: Float(topP))) }
    if let minP, minP > 0 { warpers.append(MinP(share: Float(minP))) }
    return warpers
  }
}

/// - SeeAlso: Keskar et al., "CTRL: A Conditional Transformer Language Model for Controllable Generation", 2019,
///   arXiv:1909.05858.
struct RepetitionPenalty: LogitsProcessor {
  let factor: Float

  func process(_ logits: inout [Float], after text: [Int]) {
    for token in Set(text) where logits.indices.contains(token) {
      logits[token] = logits[token] < 0 ? logits[token] * factor : logits[token] / factor
    }
  }
}

struct Temperature: LogitsProcessor {
  let divisor: Float

  func process(_ logits: inout [Float], after text: [Int]) {
    for index in logits.indices { logits[index] /= divisor }
  }
}

/// - SeeAlso: Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation", 2018, arXiv:1805.04833.
struct TopK: LogitsProcessor {
  let count: Int

  func process(_ logits: inout [Float], after text: [Int]) {
    guard count < logits.count else { return }
    let least = logits.largest(at: count - 1)
    for index in logits.indices where logits[index] < least { logits[index] = -.infinity }
  }
}

/// - SeeAlso: Holtzman et al., "The Curious Case of Neural Text Degeneration", 2019, arXiv:1904.09751.
struct TopP: LogitsProcessor {
  let share: Float

  func process(_ logits: inout [Float], after text: [Int]) {
    let probabilities = logits.softmax
    // All that are this unlikely may be left out, however many they are: the others are few enough to sort.
    let unlikely = (1 - share) / Float(logits.count)
    var sum: Float = 0
    var rest: [Int] = []
    for (index, probability) in probabilities.enumerated() {
      if probability > unlikely {
        rest.append(index)
      } else {
        sum += probability
        logits[index] = -.infinity
      }
    }
    // From the least likely on, as long as what they sum up to may be left out; the most likely one stays.
    rest.sort { (logits[$0], $0) < (logits[$1], $1) }
    for index in rest.dropLast() {
      sum += probabilities[index]
      guard sum <= 1 - share else { break }
      logits[index] = -.infinity
    }
  }
}

/// - SeeAlso: Nguyen et al., "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs", 2024,
///   arXiv:2407.01082.
struct MinP: LogitsProcessor {
  let share: Float

  func process(_ logits: inout [Float], after text: [Int]) {
    let probabilities = logits.softmax
    let least = share * (probabilities.max() ?? 0)
    for index in logits.indices where probabilities[index] < least { logits[index] = -.infinity }
  }
}

extension [Float] {
  /// The entry that would be at a place if they stood in order, the largest first.
  fileprivate func largest(at place: Int) -> Float {
    var (rest, place) = (self, place)
    while let pivot = rest[rest.count / 2] as Float? {
      let larger = rest.filter { $0 > pivot }
      if place < larger.count {
        rest = larger
        continue
      }
      let equal = rest.count { $0 == pivot }
      guard place >= larger.count + equal else { return pivot }
      place -= larger.count + equal
      rest = rest.filter { $0 < pivot }
    }
    return -.infinity
  }

  /// Probabilities of these logits.
  var softmax: [Float] {
    let largest = self.max() ?? 0
    let powers = map { expf($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// Logarithms of the probabilities of these logits.
  var logSoftmax: [Float] {
    let largest = self.max() ?? 0
    let sum = logf(reduce(0) { $0 + expf($1 - largest) })
    return map { $0 - largest - sum }
  }
}
