import CKernels

/// SHA-256 as FIPS 180-4 defines it, in hexadecimal digits, to tell whether tensors are the same.
///
/// Here because the system libraries of Linux have none, and checking a model reads all of it.
package enum Digest {
  /// The digest of bytes.
  package static func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
    var hash = SHA256()
    hash.add(bytes)
    return hash.finished()
  }

  /// The digest of a tensor's bytes, whatever its type is.
  package static func sha256(_ tensor: Tensor) -> String {
    tensor.withUnsafeBytes { sha256($0) }
  }

  /// The digest of a tensor's entries as 32-bit floats, the least significant byte first: the same
  /// for all types that hold the same values.
  package static func sha256(floatsOf tensor: Tensor) -> String {
    sha256(tensor.type.isFloatingPoint ? tensor.converted(to: .float32) : float32(tensor))
  }

  private static func float32(_ tensor: Tensor) -> Tensor {
    Tensor(tensor.floats(), shape: tensor.shape)
  }
}

/// The state of a message that comes in pieces.
package struct SHA256 {
  /// The first 32 bits of the fractional parts of the square roots of the first 8 primes.
  private var state: SIMD8<UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// The bytes of an incomplete block.
  private var rest: [UInt8] = []
  private var byteCount: UInt64 = 0
  private static let blockBytes = 64

  package init() {}

  /// Takes the message's next bytes, at any address.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    byteCount += UInt64(bytes.count)
    var bytes = bytes
    if !rest.isEmpty {
      let missing = bytes.prefix(Self.blockBytes - rest.count)
      rest += missing
      bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(missing.count))
      guard rest.count == Self.blockBytes else { return }
      rest.withUnsafeBytes { state.mix(blocks: $0) }
      rest = []
    }
    let whole = bytes.count & ~(Self.blockBytes - 1)
    state.mix(blocks: UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
    rest += bytes[whole...]
  }

  /// The digest, once the whole message has been added.
  package consuming func finished() -> String {
    let bits = byteCount * 8
    rest.append(0x80)
    while rest.count % Self.blockBytes != Self.blockBytes - 8 { rest.append(0) }
    withUnsafeBytes(of: bits.bigEndian) { rest += $0 }
    rest.withUnsafeBytes { state.mix(blocks: $0) }
    return state.indices.map { String(UInt64(state[$0]) | 1 << 32, radix: 16).dropFirst() }.joined()
  }
}

extension SIMD8<UInt32> {
  /// Mixes whole blocks of a message into the state.
  fileprivate mutating func mix(blocks: UnsafeRawBufferPointer) {
    guard let start = blocks.baseAddress else { return }
    let bytes = start.assumingMemoryBound(to: UInt8.self)
    withUnsafeMutableBytes(of: &self) { state in
      let words = state.assumingMemoryBound(to: UInt32.self)
      ck_sha256(blocks.count / 64, bytes, words.baseAddress!)
    }
  }
}
