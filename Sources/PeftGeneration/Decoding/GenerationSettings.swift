/// How a text is continued.
public struct GenerationSettings: Hashable, Sendable {
  /// New tokens of an answer, at most.
  public var maxNewTokens: Int
  /// How tokens are chosen.
  public var sampling: SamplingSettings
  /// Beams of a beam search; 1 for none.
  public var beams: Int
  /// What the sum of a beam's logarithms of probabilities is divided by: its length to this power.
  public var lengthPenalty: Double
  /// Whether a beam search ends with as many finished beams as there are beams, whatever others could become.
  public var stopsEarly: Bool
  /// Texts after which an answer ends; they are no part of it.
  public var stopTexts: [String]
  /// Tokens after which an answer ends.
  public var endTokens: Set<Int>

  public init(
    maxNewTokens: Int = 256, sampling: SamplingSettings = SamplingSettings(), beams: Int = 1,
    lengthPenalty: Double = 1, stopsEarly: Bool = false, stopTexts: [String] = [],
    endTokens: Set<Int> = []
  ) {
    self.maxNewTokens = maxNewTokens
    self.sampling = sampling
    self.beams = beams
    self.lengthPenalty = lengthPenalty
    self.stopsEarly = stopsEarly
    self.stopTexts = stopTexts
    self.endTokens = endTokens
  }
}

/// Why an answer ended, in the words of OpenAI's interface.
public enum FinishReason: String, Hashable, Sendable {
  /// By itself: with an end token or a stop text.
  case stop
  /// It has as many tokens as it may have, or as the model has positions for.
  case length
}

/// What a prompt was answered with.
public struct Answer: Hashable, Sendable {
  /// The tokens of the prompt.
  public let prompt: [Int]
  /// The new tokens, an end token among them.
  public internal(set) var tokens: [Int] = []
  public internal(set) var finishReason: FinishReason?

  init(prompt: [Int]) { self.prompt = prompt }
}
