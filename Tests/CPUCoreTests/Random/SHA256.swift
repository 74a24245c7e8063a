import Tensors
import Testing

extension Tensor {
  /// The first 24 hexadecimal digits of the SHA-256 of the bytes, as fixtures record it.
  var digest: String {
    withUnsafeBytes { bytes in
      var hash = SHA256()
      hash.add(bytes)
      return hash.digits.prefix(24).description
    }
  }
}

/// SHA-256 as FIPS 180-4 defines it; the constants are computed as it says they arise.
struct SHA256 {
  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let rounds = fractions(of: primes.prefix(64)) { $0 * $0 * $0 }
  /// The same of the square roots of the first 8.
  private var state = fractions(of: primes.prefix(8)) { $0 * $0 }

  private static let primes = (2..<312).filter { n in !(2..<n).contains { n % $0 == 0 } }

  private static func fractions(
    of primes: some Sequence<Int>, _ power: (UInt128) -> UInt128
  ) -> [UInt32] {
    primes.map { prime in
      // The largest root with 32 bits after the point whose power is not above the prime's.
      let target = UInt128(prime) * power(1 << 32)
      var root: UInt128 = 0
      for bit in (0..<37).reversed() where power(root | 1 << bit) <= target { root |= 1 << bit }
      return UInt32(truncatingIfNeeded: root)
    }
  }

  /// The digits of the state; the hash once `add` has taken a whole message.
  var digits: String {
    state.map { String(UInt64($0) | 1 << 32, radix: 16).dropFirst() }.joined()
  }

  /// Takes a whole message and its padding.
  mutating func add(_ message: UnsafeRawBufferPointer) {
    let whole = message.count & ~63
    var end = Array(message[whole...]) + [0x80]
    while end.count % 64 != 56 { end.append(0) }
    withUnsafeBytes(of: (UInt64(message.count) * 8).bigEndian) { end += $0 }
    add(blocks: .init(rebasing: message[..<whole]))
    end.withUnsafeBytes { add(blocks: $0) }
  }

  private mutating func add(blocks: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      Self.rounds.withUnsafeBufferPointer { rounds in
        for start in stride(from: 0, to: blocks.count, by: 64) {
          var w = words.baseAddress!
          for index in 0..<16 {
            let word = blocks.loadUnaligned(fromByteOffset: start &+ 4 &* index, as: UInt32.self)
            w[index] = UInt32(bigEndian: word)
          }
          Self.extend(&w)
          mix(w, rounds.baseAddress!)
        }
      }
    }
  }

  private static func extend(_ w: inout UnsafeMutablePointer<UInt32>) {
    var index = 16
    while index < 64 {
      let (a, b) = (w[index &- 15], w[index &- 2])
      let low = (a >> 7 | a << 25) ^ (a >> 18 | a << 14) ^ a >> 3
      let high = (b >> 17 | b << 15) ^ (b >> 19 | b << 13) ^ b >> 10
      w[index] = w[index &- 16] &+ low &+ w[index &- 7] &+ high
      index &+= 1
    }
  }

  private mutating func mix(_ w: UnsafeMutablePointer<UInt32>, _ rounds: UnsafePointer<UInt32>) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    var index = 0
    while index < 64 {
      let high = (e >> 6 | e << 26) ^ (e >> 11 | e << 21) ^ (e >> 25 | e << 7)
      let first = h &+ high &+ (e & f ^ ~e & g) &+ rounds[index] &+ w[index]
      let low = (a >> 2 | a << 30) ^ (a >> 13 | a << 19) ^ (a >> 22 | a << 10)
      let second = low &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e) = (g, f, e, d &+ first)
      (d, c, b, a) = (c, b, a, first &+ second)
      index &+= 1
    }
    for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
  }
}

@Suite("SHA-256 of the tests") struct SHA256Tests {
  @Test("The examples of the standard come out")
  func digest() {
    func digits(_ text: String) -> String {
      var hash = SHA256()
      Array(text.utf8).withUnsafeBytes { hash.add($0) }
      return hash.digits
    }
    #expect(
      digits("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(digits("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }
}
