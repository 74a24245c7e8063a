import PeftPlatform

/// Beam searches for the answers to some prompts, which end together.
struct BeamSearch {
  private let settings: GenerationSettings
  private var items: [BeamSearchItem]
  private let penalties: [any LogitsProcessor]

  init(_ settings: GenerationSettings, prompts: Int) {
    self.settings = settings
    penalties = settings.sampling.penalties
    items = Array(repeating: BeamSearchItem(settings), count: prompts)
  }

  /// What the model reads next.
  struct Step {
    /// The row that each row goes on from.
    var sources: [Int] = []
    var tokens: [Int] = []
  }

  /// Takes the logits of all rows, those of a prompt's beams after one another.
  /// - Parameters:
  ///   - prompts: What the decoder read first.
  ///   - limit: Places of a row.
  /// - Returns: Nil at the end of all searches.
  mutating func advance(_ logits: [[Float]], prompts: [[Int]], limit: Int) -> Step? {
    var step = Step()
    var (isImproving, hasContinuations) = (false, false)
    for index in items.indices {
      let first = index * settings.beams
      let scores = items[index].running.indices.map { beam in
        var scores = logits[first + beam].logSoftmax
        let text = prompts[index] + items[index].running[beam].tokens
        for processor in penalties { processor.process(&scores, after: text) }
        return scores
      }
      let most = min(settings.maxNewTokens, limit - prompts[index].count)
      let next = items[index].advance(scores, maxNewTokens: most)
      step.sources += next.sources.map { first + $0 }
      step.tokens += next.tokens
      isImproving = isImproving || items[index].canImprove
      hasContinuations = hasContinuations || next.goesOn
    }
    let areFull = settings.stopsEarly && items.allSatisfy(\.isFull)
    return isImproving && hasContinuations && !areFull ? step : nil
  }

  /// The texts of all rows.
  func texts(after prompts: [[Int]]) -> [[Int]] {
    zip(items, prompts).flatMap { item, prompt in item.running.map { prompt + $0.tokens } }
  }

  /// The best answer of each prompt.
  func best() -> [Beam] { items.map(\.best) }
}

/// Tokens of an answer, and how likely they are.
struct Beam {
  var tokens: [Int] = []
  /// The sum of the logarithms of the tokens' probabilities; of a finished one, over a power of its length.
  var score: Float = 0
}

/// The search for one answer, which ends as that of transformers does, so that both find the same.
private struct BeamSearchItem {
  private let settings: GenerationSettings
  private(set) var running: [Beam]
  private var finished: [Beam] = []
  /// Whether a beam that goes on may become better than the finished ones.
  private(set) var canImprove = true

  /// Of a beam that is none.
  private static let never: Float = -1e9

  init(_ settings: GenerationSettings) {
    self.settings = settings
    // The first step goes on from one beam alone: all are the same.
    running = (0..<settings.beams).map { Beam(score: $0 == 0 ? 0 : Self.never) }
  }

  /// Whether there are as many finished beams as there are beams.
  var isFull: Bool { finished.count == settings.beams }

  /// The best finished beam, or the best of those that are not.
  var best: Beam { finished.first ?? running[0] }

  /// - Parameter scores: Logarithms of probabilities, for each beam.
  mutating func advance(
    _ scores: [[Float]], maxNewTokens: Int
  ) -> (sources: [Int], tokens: [Int], goesOn: Bool) {
    let count = running[0].tokens.count + 1
    // As many as may end, and as many again.
    let kept = max(2, 1 + settings.endTokens.count) * settings.beams
    let candidates = best(of: scores, count: kept)
    let ends = candidates.map {
      settings.endTokens.contains($0.token) || count >= maxNewTokens
    }
    if canImprove, !(settings.stopsEarly && isFull) {
      for (candidate, ends) in zip(candidates, ends).prefix(settings.beams) where ends {
        finished.append(
          Beam(
            tokens: running[candidate.beam].tokens + [candidate.token],
            score: candidate.score / divisor(count)))
      }
      finished = Array(finished.stablySorted().prefix(settings.beams))
    }
    let next =
      zip(candidates, ends).filter { !$0.1 }.map(\.0) + zip(candidates, ends).filter(\.1).map(\.0)
    let going = next.prefix(settings.beams)
    running = going.map {
      Beam(tokens: running[$0.beam].tokens + [$0.token], score: $0.score)
    }
    canImprove =
      canImprove
      && (!isFull || running[0].score / divisor(count) > (finished.last?.score ?? Self.never))
    return (going.map(\.beam), going.map(\.token), ends.contains(false))
  }

  private func divisor(_ count: Int) -> Float {
    Float(pow(Double(count), settings.lengthPenalty))
  }

  private struct Candidate {
    let beam: Int
    let token: Int
    let score: Float
  }

  /// The best continuations of all beams, the best first.
  private func best(of scores: [[Float]], count: Int) -> [Candidate] {
    var best: [Candidate] = []
    for (beam, scores) in scores.enumerated() {
      for (token, score) in scores.enumerated() {
        let score = running[beam].score + score
        if best.count == count, score <= best[count - 1].score { continue }
        let place = best.firstIndex { $0.score < score } ?? best.count
        best.insert(Candidate(beam: beam, token: token, score: score), at: place)
        if best.count > count { best.removeLast() }
      }
    }
    return best
  }
}

extension [Beam] {
  /// The best first; of equal ones the earlier.
  fileprivate func stablySorted() -> [Beam] {
    enumerated().sorted { ($0.element.score, $1.offset) > ($1.element.score, $0.offset) }
      .map(\.element)
  }
}
