/// Random numbers that a key determines: one 32-bit word of the key's stream for each entry.
///
/// They equal PEFT's, where torch's generator on the CPU draws them. After the draw
/// all entries are divided by their own standard deviation.
public struct RandomBasis: Hashable, Sendable {
  public enum Distribution: Hashable, Sendable {
    /// Kaiming-uniform with a = √5 over `fan` inputs, which is ±1/√fan, drawn as `blocks` equal parts
    /// along axis 1 and rounded to bfloat16.
    case kaimingUniform(fan: Int, blocks: Int)
    /// −1 and +1 with probability `1 / (2 · sparsity)` each, otherwise 0.
    case ternary(sparsity: Double)
  }

  /// The share of entries that are not 0, of entries that are all −s, 0 or s; nil of others.
  public var density: Double? {
    if case .ternary(let sparsity) = distribution { min(1, 1 / sparsity) } else { nil }
  }

  /// The seed of the stream; its low 32 bits count, as in torch.
  public let key: Int
  /// Words of the stream that other tensors of the same key take first.
  public let precedingWords: Int
  public let distribution: Distribution
  /// Which torch draws a dense basis so. A ternary one is the same in all.
  public let generation: TorchGeneration

  public init(
    key: Int, precedingWords: Int, distribution: Distribution,
    generation: TorchGeneration = .current
  ) {
    self.key = key
    self.precedingWords = precedingWords
    self.distribution = distribution
    self.generation = generation
  }
}

/// Releases of torch that make the same bfloat16 values of the same random words.
///
/// An adapter without its bases in the file does not say which it was made with, and is silently
/// wrong under the other.
public enum TorchGeneration: String, Hashable, Sendable, CaseIterable {
  /// Torch up to 2.11: 8 bits of each word, between bounds rounded to bfloat16.
  case bfloat16
  /// Torch from 2.12 on: 24 bits of each word, computed in 32 bits and rounded once at the end.
  case float

  /// The one that new adapters are made with.
  public static let current = TorchGeneration.float
}
