public import PeftBasics

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
    /// A buffer of the model, such as the running statistics of a batch norm: files hold it, but it is no
    /// parameter, and in no count of them.
    case buffer
    /// Trained by the adapter of that name.
    case adapter(String)
    /// A frozen basis of the adapter of that name.
    case frozenBasis(String)
  }

  /// The name in a checkpoint: the module's path, a dot and the tensor's own name.
  public let name: String
  /// Sizes of the stored axes, outermost first.
  public let shape: [Int]
  /// The type the parameter is stored in.
  public internal(set) var element: ElementType
  public internal(set) var initial: InitialValue
  /// What is drawn and discarded before the initial value.
  public let discardedDraws: [RandomDraw]
  public let role: Role
  /// The number of entries.
  public let count: Int

  /// The share of entries that are not 0, of packed ones; nil where it does not follow from how they are drawn.
  package var density: Double? {
    guard element == .ternary, case .basis(let basis) = initial else { return nil }
    return basis.density
  }

  /// - Throws: `SizeOverflow` where the number of entries is beyond 2⁶³ − 1.
  public init(
    name: String, shape: [Int], element: ElementType = .float32,
    initial: InitialValue = .loaded, discarding discardedDraws: [RandomDraw] = [],
    role: Role = .base
  ) throws(SizeOverflow) {
    self.name = name
    self.shape = shape
    self.element = element
    self.initial = initial
    self.discardedDraws = discardedDraws
    self.role = role
    count = try shape.checkedProduct()
  }
}

/// How a parameter is initialised.
public enum InitialValue: Hashable, Sendable {
  /// Read from a checkpoint.
  case loaded
  case constant(Double)
  /// Uniform between −bound and bound.
  case uniform(bound: Double)
  /// Normal with mean zero.
  case normal(deviation: Double)
  /// Drawn from a generator of its own, so that it follows from the key alone.
  case basis(RandomBasis)
  /// The initial values of another parameter.
  case copy(of: String)
  /// Computed from the weight of its module.
  case derived(WeightDerivation)
  /// One factor of a pair whose product is zero, though neither is.
  case orthogonal(OrthogonalFactor)

  /// The type that the values are kept in.
  package var element: ElementType {
    if case .basis(let basis) = self, basis.density != nil { .ternary } else { .float32 }
  }

  public static let zeros = InitialValue.constant(0)
  public static let ones = InitialValue.constant(1)
}

/// Random numbers that are drawn from a run's generator and discarded.
///
/// PEFT initialises some tensors more than once. For the same values from the same seed, one has to draw
/// as often.
public enum RandomDraw: Hashable, Sendable {
  /// A tensor of that shape with uniform entries; their bounds do not matter.
  case uniform([Int])
  /// A tensor of that shape with normal entries; mean and deviation do not matter.
  case normal([Int])
}

extension Parameter.Role {
  /// Whether files of the base model hold it.
  package var isOfBase: Bool { self == .base || self == .buffer }

  /// The adapter that a parameter belongs to; nil for the base model's.
  public var adapterName: String? {
    switch self {
    case .base, .buffer: nil
    case .adapter(let name), .frozenBasis(let name): name
    }
  }
}
