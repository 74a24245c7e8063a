/// A tensor in memory: a shape, a data type, and bytes in row-major order.
///
/// A tensor never changes once it is made. Its bytes are its own, or belong to something that it
/// keeps alive, such as a mapped file.
public struct Tensor: Sendable {
  /// Sizes of the axes, outermost first. A scalar has none.
  public let shape: [Int]
  public let type: NumberType
  /// The number of entries.
  public let count: Int
  private let bytes: Bytes

  /// A tensor whose bytes `fill` writes. They start as zeros, aligned to 64 bytes.
  /// - Precondition: The sizes are not negative and their product fits the memory.
  public init<Failure: Error>(
    shape: [Int], type: NumberType,
    fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    self.shape = shape
    self.type = type
    count = shape.reduce(1, *)
    let memory = OwnedMemory(byteCount: count * type.byteCount)
    try fill(memory.bytes)
    bytes = Bytes(start: memory.bytes.baseAddress, owner: memory)
  }

  /// A tensor over bytes that `owner` keeps alive and unchanged.
  /// - Precondition: There are as many bytes as shape and type need, aligned to the element
  ///   size.
  public init(
    over bytes: UnsafeRawBufferPointer, shape: [Int], type: NumberType,
    owner: any AnyObject & Sendable
  ) {
    self.shape = shape
    self.type = type
    count = shape.reduce(1, *)
    precondition(
      bytes.count == count * type.byteCount, "\(bytes.count) bytes are not \(type) \(shape)")
    precondition(
      Int(bitPattern: bytes.baseAddress) % type.byteCount == 0,
      "\(type) cannot be read at this address")
    self.bytes = Bytes(start: bytes.baseAddress, owner: owner)
  }

  /// The number of bytes.
  public var byteCount: Int { count * type.byteCount }

  /// The bytes, for as long as `body` runs.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(bytes.owner) {} }
    return try body(UnsafeRawBufferPointer(start: bytes.start, count: byteCount))
  }

  /// The same entries under another shape.
  /// - Precondition: Both shapes have as many entries.
  public func reshaped(_ shape: [Int]) -> Tensor {
    withUnsafeBytes { Tensor(over: $0, shape: shape, type: type, owner: bytes.owner) }
  }
}

/// An address, and what keeps it valid.
private struct Bytes: @unchecked Sendable {
  let start: UnsafeRawPointer?
  let owner: any AnyObject & Sendable
}

/// Memory that is freed with its last reference.
private final class OwnedMemory: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    bytes = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { bytes.deallocate() }
}

extension Tensor {
  /// How many entries are inf or NaN as 32-bit floats.
  public var nonFiniteCount: Int {
    switch type {
    case .float32: count(havingAll: 0x7F80_0000 as UInt32)
    case .bfloat16: count(havingAll: 0x7F80 as UInt16)
    case .float16: count(havingAll: 0x7C00 as UInt16)
    default: floats().count { !$0.isFinite }
    }
  }

  /// How many entries have all bits of their exponents, where those of inf and NaN lie.
  private func count<Bits: FixedWidthInteger & BitwiseCopyable>(havingAll exponent: Bits) -> Int {
    withUnsafeBytes { bytes in
      // Unchecked, so that the loop is vectorised.
      bytes.bindMemory(to: Bits.self).reduce(0) { $0 &+ ($1 & exponent == exponent ? 1 : 0) }
    }
  }

  /// Whether no entry is inf or NaN.
  public var isFinite: Bool { nonFiniteCount == 0 }
}
