/// Random numbers that a seed determines, the same on every machine.
/// - SeeAlso: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
package struct SplitMix64: Sendable {
  /// What each number adds to the state: 2⁶⁴ over the golden ratio, made odd.
  package static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  private var state: UInt64

  /// The numbers of one of a seed's streams.
  package init(seed: UInt64, stream: UInt64) {
    state = Self.word(0, ofSeed: seed) ^ (stream &+ 1) &* Self.increment
  }

  package mutating func next() -> UInt64 {
    defer { state &+= Self.increment }
    return Self.word(0, ofSeed: state)
  }

  /// The number at an index of those that follow from a seed, without the ones before it.
  package static func word(_ index: UInt64, ofSeed seed: UInt64) -> UInt64 {
    var word = seed &+ (index &+ 1) &* increment
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
