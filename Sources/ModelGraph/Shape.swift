/// One axis of a shape: a size, or a name for a size that is known only when a program is compiled.
public enum Dimension: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  case size(Int)
  case symbol(String)

  public init(integerLiteral size: Int) { self = .size(size) }

  /// The size, where it is known.
  public var size: Int? {
    if case .size(let size) = self { size } else { nil }
  }

  public var description: String {
    switch self {
    case .size(let size): "\(size)"
    case .symbol(let name): name
    }
  }
}

/// The sizes of a value's axes, outermost first. A scalar has none.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public var dimensions: [Dimension]

  public init(_ dimensions: [Dimension]) { self.dimensions = dimensions }
  public init(_ sizes: [Int]) { dimensions = sizes.map(Dimension.size) }
  public init(arrayLiteral dimensions: Dimension...) { self.dimensions = dimensions }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  public var last: Dimension? { dimensions.last }

  /// The same shape with another last axis.
  public func replacingLast(with dimension: Dimension) -> Shape {
    Shape(dimensions.dropLast() + [dimension])
  }

  public var description: String {
    "[\(dimensions.map(\.description).joined(separator: ", "))]"
  }
}

/// What is known of a value before anything runs.
public struct ValueType: Hashable, Sendable, CustomStringConvertible {
  public var shape: Shape
  public var element: ElementType

  public init(_ shape: Shape, _ element: ElementType = .float32) {
    self.shape = shape
    self.element = element
  }

  public var description: String { "\(element) \(shape)" }
}

/// The kind of number a value or a stored parameter is made of.
public enum ElementType: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case float32, float16, bfloat16
  /// 32-bit floats that are −s, 0 or s, packed: bases of some adapters.
  case ternary
  /// Indices into a table: tokens, positions.
  case index
  /// One where a position counts, zero where it is padding.
  case mask

  public var isFloatingPoint: Bool { self != .index && self != .mask }
  public var description: String { rawValue }

  /// Bytes of one stored element; of packed ones, when it is unpacked.
  public var byteCount: Int {
    switch self {
    case .float32, .ternary: 4
    case .float16, .bfloat16: 2
    case .index: 8
    case .mask: 1
    }
  }
}
