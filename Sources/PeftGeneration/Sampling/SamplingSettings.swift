/// How the next token is chosen of its logits.
///
/// What is set here is applied in the order in which transformers does: the repetition penalty, then, where tokens are
/// drawn, temperature, top-k, top-p and min-p.
public struct SamplingSettings: Hashable, Sendable {
  /// Whether tokens are drawn by their probabilities; the most likely one is taken otherwise.
  public var isSampling: Bool
  /// What logits are divided by: below 1 likely tokens become more likely.
  public var temperature: Double
  /// Only so many of the most likely tokens are drawn; all where nil.
  public var topK: Int?
  /// Only the most likely tokens are drawn whose probabilities sum up to this much; all where nil.
  public var topP: Double?
  /// Only tokens are drawn that have this share of the most likely one's probability; all where nil.
  public var minP: Double?
  /// What logits of tokens that are in the text already are divided by, or multiplied where they are negative.
  public var repetitionPenalty: Double
  /// Random seed.
  public var seed: Int

  public init(
    isSampling: Bool = false, temperature: Double = 1, topK: Int? = nil, topP: Double? = nil,
    minP: Double? = nil, repetitionPenalty: Double = 1, seed: Int = 0
  ) {
    self.isSampling = isSampling
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.seed = seed
  }
}
