/// Random numbers that a seed determines, the same on every machine (SplitMix64).
package struct RandomNumbers: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: Int) {
    state = UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// From −1 to 1, exact in 32 bits.
  package mutating func real() -> Double { Double(Int64(next() >> 40)) / 0x1p23 - 1 }

  /// From 0 to before `end`.
  package mutating func whole(below end: Int) -> Int { Int(next() >> 33) % end }

  package mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
    choices[whole(below: choices.count)]
  }

  package mutating func chance(_ share: Double) -> Bool { real() < 2 * share - 1 }
}
