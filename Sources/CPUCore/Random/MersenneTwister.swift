/// The 32-bit Mersenne Twister MT19937, seeded as torch seeds its generator on the CPU.
///
/// - SeeAlso: Matsumoto and Nishimura, "Mersenne Twister: A 623-Dimensionally Equidistributed
///   Uniform Pseudo-Random Number Generator", ACM TOMACS 8(1), 1998.
struct MersenneTwister: Sendable {
  private static let size = 624
  private static let shift = 397

  private var state: [UInt32]
  /// The place in the state of the next word; beyond its end, a new state is made first.
  private var position = size

  /// - Parameter seed: Its low 32 bits count; torch takes any 64-bit seed and does the same.
  init(seed: Int) {
    state = [UInt32(truncatingIfNeeded: seed)]
    state.reserveCapacity(Self.size)
    for index in 1..<Self.size {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
    }
  }

  mutating func next() -> UInt32 {
    if position == Self.size { advance() }
    position += 1
    return Self.tempered(state[position - 1])
  }

  /// Fills memory with the next words.
  mutating func fill(_ words: UnsafeMutableBufferPointer<UInt32>) {
    guard let start = words.baseAddress else { return }
    var filled = 0
    while filled < words.count {
      if position == Self.size { advance() }
      let count = min(Self.size - position, words.count - filled)
      state.withUnsafeBufferPointer { state in
        for index in 0..<count {
          start[filled &+ index] = Self.tempered(state[position &+ index])
        }
      }
      position += count
      filled += count
    }
  }

  /// Passes over that many words.
  mutating func skip(_ count: Int) {
    var left = count
    while left > Self.size - position {
      left -= Self.size - position
      advance()
    }
    position += left
  }

  /// Makes the next state in place. Each loop reads nothing that its last 200 rounds have written,
  /// which lets them run several at a time.
  private mutating func advance() {
    let (size, shift) = (Self.size, Self.shift)
    state.withUnsafeMutableBufferPointer { state in
      for index in 0..<(size - shift) {
        state[index] = state[index + shift] ^ Self.mixed(state[index], state[index + 1])
      }
      for index in (size - shift)..<(size - 1) {
        state[index] = state[index + shift - size] ^ Self.mixed(state[index], state[index + 1])
      }
      state[size - 1] = state[shift - 1] ^ Self.mixed(state[size - 1], state[0])
    }
    position = 0
  }

  /// The upper bit of one word with the lower bits of the next, times the recurrence's matrix.
  private static func mixed(_ word: UInt32, _ next: UInt32) -> UInt32 {
    (word & 0x8000_0000 | next & 0x7FFF_FFFF) >> 1 ^ (0 &- (next & 1)) & 0x9908_B0DF
  }

  private static func tempered(_ word: UInt32) -> UInt32 {
    var y = word
    y ^= y >> 11
    y ^= y << 7 & 0x9D2C_5680
    y ^= y << 15 & 0xEFC6_0000
    return y ^ y >> 18
  }
}
