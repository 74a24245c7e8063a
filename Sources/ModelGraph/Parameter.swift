/// A tensor that a graph reads and that has a name: a weight, an adapter's factor, a frozen basis.
public struct Parameter: Hashable, Sendable {
  /// An index into `Graph.parameters`.
  public struct ID: Hashable, Sendable {
    public let index: Int
  }

  /// Why a parameter is there, and with it whether it is trained.
  public enum Role: Hashable, Sendable {
    /// Part of the model as it was described.
    case base
    /// Trained by the adapter of that name.
    case adapter(String)
    /// Fixed numbers that the adapter of that name multiplies with.
    case frozenBasis(String)
  }

  /// The name in a checkpoint: the module's path, a dot and the tensor's own name.
  public let name: String
  /// Sizes of the stored axes, outermost first.
  public let shape: [Int]
  /// The type the parameter is stored in.
  public internal(set) var element: ElementType
  public let initial: InitialValue
  public let role: Role
  /// The number of entries.
  public let count: Int

  /// - Throws: `SizeOverflow` where the number of entries is beyond 2⁶³ − 1.
  public init(
    name: String, shape: [Int], element: ElementType = .float32,
    initial: InitialValue = .loaded, role: Role = .base
  ) throws(SizeOverflow) {
    self.name = name
    self.shape = shape
    self.element = element
    self.initial = initial
    self.role = role
    count = try shape.checkedProduct()
  }
}

/// How a parameter is filled before training.
public enum InitialValue: Hashable, Sendable {
  /// Read from a checkpoint.
  case loaded
  case constant(Double)
  /// Uniform between −bound and bound.
  case uniform(bound: Double)
  /// Normal with mean zero.
  case normal(deviation: Double)
  /// Drawn from a generator of its own, so that the key alone gives it again.
  case basis(RandomBasis)

  public static let zeros = InitialValue.constant(0)
  public static let ones = InitialValue.constant(1)
}

/// Random numbers that a key determines: one word of the key's stream for each entry.
public struct RandomBasis: Hashable, Sendable {
  public enum Distribution: Hashable, Sendable {
    /// Kaiming-uniform with a = √5 over `fan` inputs, drawn as `blocks` equal parts along axis 1.
    case kaimingUniform(fan: Int, blocks: Int)
    /// −1 and +1 with probability `1 / (2 · sparsity)` each, otherwise 0.
    case ternary(sparsity: Double)
  }

  /// The seed of the stream.
  public let key: Int
  /// Words of the stream that other tensors of the same key take first.
  public let precedingWords: Int
  public let distribution: Distribution

  public init(key: Int, precedingWords: Int, distribution: Distribution) {
    self.key = key
    self.precedingWords = precedingWords
    self.distribution = distribution
  }
}
