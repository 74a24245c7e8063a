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
    guard let start = blocks.baseAddress, !blocks.isEmpty else { return }
    var state = self
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { words in
      let words = words.baseAddress!
      roundConstants.withUnsafeBufferPointer { constants in
        for offset in stride(from: 0, to: blocks.count, by: 64) {
          for index in 0..<16 {
            let word = (start + offset + 4 * index).loadUnaligned(as: UInt32.self)
            words[index] = UInt32(bigEndian: word)
          }
          state &+= mixed(state, words, constants.baseAddress!)
        }
      }
    }
    self = state
  }
}

/// The state after the 64 rounds of a block, whose words are overwritten.
@inline(__always)
private func mixed(
  _ state: SIMD8<UInt32>, _ w: UnsafeMutablePointer<UInt32>, _ k: UnsafePointer<UInt32>
) -> SIMD8<UInt32> {
  var (a, b, c, d) = (state[0], state[1], state[2], state[3])
  var (e, f, g, h) = (state[4], state[5], state[6], state[7])
  // Eight rounds at a time, after which each variable has its own name again; written out, because
  // moving them along in every round costs a third of the time.
  @inline(__always) func eightRounds(_ i: Int, _ k: UnsafePointer<UInt32>) {
    turn(a, b, c, &d, e, f, g, &h, k[0] &+ w[i])
    turn(h, a, b, &c, d, e, f, &g, k[1] &+ w[i + 1])
    turn(g, h, a, &b, c, d, e, &f, k[2] &+ w[i + 2])
    turn(f, g, h, &a, b, c, d, &e, k[3] &+ w[i + 3])
    turn(e, f, g, &h, a, b, c, &d, k[4] &+ w[i + 4])
    turn(d, e, f, &g, h, a, b, &c, k[5] &+ w[i + 5])
    turn(c, d, e, &f, g, h, a, &b, k[6] &+ w[i + 6])
    turn(b, c, d, &e, f, g, h, &a, k[7] &+ w[i + 7])
  }
  eightRounds(0, k)
  eightRounds(8, k + 8)
  var round = 16
  while round < 64 {
    extend(w)
    eightRounds(0, k + round)
    eightRounds(8, k + round + 8)
    round &+= 16
  }
  return [a, b, c, d, e, f, g, h]
}

/// One round, but for the names: `d` and `h` are the next round's `e` and `a`.
@inline(__always)
private func turn(
  _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32,
  _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ word: UInt32
) {
  let high = (e &>> 6 | e &<< 26) ^ (e &>> 11 | e &<< 21) ^ (e &>> 25 | e &<< 7)
  let low = (a &>> 2 | a &<< 30) ^ (a &>> 13 | a &<< 19) ^ (a &>> 22 | a &<< 10)
  let sum = h &+ high &+ (g ^ e & (f ^ g)) &+ word
  d &+= sum
  h = sum &+ low &+ (a & b | c & (a | b))
}

/// The message schedule's next 16 words, in place of the last 16.
@inline(__always)
private func extend(_ w: UnsafeMutablePointer<UInt32>) {
  var index = 0
  while index < 16 {
    let (x, y) = (w[(index &+ 1) & 15], w[(index &+ 14) & 15])
    let low = (x &>> 7 | x &<< 25) ^ (x &>> 18 | x &<< 14) ^ x &>> 3
    let high = (y &>> 17 | y &<< 15) ^ (y &>> 19 | y &<< 13) ^ y &>> 10
    w[index] = w[index] &+ low &+ w[(index &+ 9) & 15] &+ high
    index &+= 1
  }
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let roundConstants: [UInt32] = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
  0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
  0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
  0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
  0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
  0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
  0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
  0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
  0xc671_78f2,
]
