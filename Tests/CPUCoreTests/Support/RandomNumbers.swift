/// Random numbers that a seed determines, the same on every machine (SplitMix64).
struct RandomNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// From −1 to 1, exact in 32 bits.
  mutating func real() -> Double { Double(Int64(next() >> 40)) / 0x1p23 - 1 }

  /// From 0 to before `end`.
  mutating func whole(below end: Int) -> Int { Int(next() >> 33) % end }

  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[whole(below: choices.count)] }

  mutating func chance(_ share: Double) -> Bool { real() < 2 * share - 1 }

  mutating func reals(_ shape: [Int], from low: Double = -1, to high: Double = 1) -> Reals {
    let values = (0..<shape.reduce(1, *)).map { _ in
      Double(Float(low + (high - low) * (real() + 1) / 2))
    }
    return Reals(values, shape: shape)
  }

  mutating func indices(_ shape: [Int], below end: Int) -> Reals {
    Reals((0..<shape.reduce(1, *)).map { _ in Double(whole(below: end)) }, shape: shape)
  }
}
