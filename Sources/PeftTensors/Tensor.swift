/// A tensor in memory: a shape, a data type, and bytes in row-major order.
///
/// A tensor never changes once it is made. Its bytes are its own, or belong to something that it
/// keeps alive, such as a mapped file. Bases of −s, 0 and s are packed, and look like 32-bit floats.
public struct Tensor: Sendable {
  /// Sizes of the axes, outermost first. A scalar has none.
  public let shape: [Int]
  public let type: NumberType
  /// The number of entries.
  public let count: Int
  private let storage: Storage

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
    storage = .bytes(memory.bytes.baseAddress, owner: memory)
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
    storage = .bytes(bytes.baseAddress, owner: owner)
  }

  /// A tensor of 32-bit floats that are packed.
  /// - Precondition: There are as many entries as the shape has.
  package init(_ entries: TernaryEntries, shape: [Int]) {
    self.shape = shape
    type = .float32
    count = shape.reduce(1, *)
    precondition(entries.rows * entries.columns == count, "\(shape) has other entries")
    storage = .ternary(entries)
  }

  /// The packed entries; nil where they are not packed.
  package var ternary: TernaryEntries? {
    if case .ternary(let entries) = storage { entries } else { nil }
  }

  /// The number of bytes of all entries, one after the other.
  public var byteCount: Int { count * type.byteCount }

  /// The number of bytes that they take in memory.
  package var storedByteCount: Int { ternary?.byteCount ?? byteCount }

  /// The bytes, for as long as `body` runs. Packed entries are unpacked for that.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch storage {
    case .bytes(let start, let owner):
      defer { withExtendedLifetime(owner) {} }
      return try body(UnsafeRawBufferPointer(start: start, count: byteCount))
    case .ternary(let entries):
      let memory = OwnedMemory(byteCount: byteCount)
      let floats = memory.bytes.bindMemory(to: Float.self)
      if let start = floats.baseAddress {
        entries.unpack(0..<count, scale: entries.scale, into: start)
      }
      defer { withExtendedLifetime(memory) {} }
      return try body(UnsafeRawBufferPointer(start: memory.bytes.baseAddress, count: byteCount))
    }
  }

  /// The same entries in memory of their own.
  package var copy: Tensor {
    withUnsafeBytes { bytes in
      Tensor(shape: shape, type: type) { $0.copyMemory(from: bytes) }
    }
  }

  /// The same entries under another shape.
  /// - Precondition: Both shapes have as many entries.
  public func reshaped(_ shape: [Int]) -> Tensor {
    switch storage {
    case .bytes(let start, let owner):
      Tensor(
        over: UnsafeRawBufferPointer(start: start, count: byteCount), shape: shape, type: type,
        owner: owner)
    case .ternary(let entries): Tensor(entries, shape: shape)
    }
  }
}

/// Where entries are.
private enum Storage: @unchecked Sendable {
  /// At an address, which the owner keeps valid.
  case bytes(UnsafeRawPointer?, owner: any AnyObject & Sendable)
  case ternary(TernaryEntries)
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
