/// Rotary position embedding (RoPE): pairs of a head's entries rotated by an angle that grows with position.
///
/// Operand: `x [batch, sequence, heads · headSize]`. The first `rotarySize` entries of each head
/// are rotated, the first half of them paired with the second, or each even one with the next.
/// Result: as `x`.
package struct Rotary: Operator {
  package static let name = "rotary"

  package let headSize: Int
  package let rotarySize: Int
  /// The size that the series of wavelengths is made for: `rotarySize`, or one less, where transformers
  /// turns one entry more than it counts.
  package let seriesSize: Int
  /// The base of the geometric series of frequencies: `rope_theta`.
  package let theta: Double
  package let scaling: Scaling
  /// Whether neighbours are pairs, as in GPT-J, instead of entries of the two halves.
  package let isInterleaved: Bool

  package init(
    headSize: Int, rotarySize: Int, seriesSize: Int? = nil, theta: Double,
    scaling: Scaling = .none, isInterleaved: Bool = false
  ) {
    self.headSize = headSize
    self.rotarySize = rotarySize
    self.seriesSize = seriesSize ?? rotarySize
    self.theta = theta
    self.scaling = scaling
    self.isInterleaved = isInterleaved
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    let x = operands[0]
    try expectFloatingPoint(x, "the input")
    try expect(x, "the input", rank: 3)
    _ = try quotient(width(of: x, "the input"), by: headSize, .headEntries)
    try expect("the number of rotated entries", rotarySize, atLeast: 2)
    try expect("the number of rotated entries", rotarySize, atMost: headSize)
    _ = try quotient(rotarySize, by: 2, .rotatedHalves)
    return [x]
  }
}

extension Rotary {
  /// RoPE scaling, for contexts longer than those of pretraining.
  package enum Scaling: Hashable, Sendable {
    case none
    /// Positions divided by the factor.
    case linear(factor: Double)
    /// Llama 3.1: long wavelengths divided by the factor, short ones kept, a ramp between.
    case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, originalLength: Int)
    /// Dynamic NTK: for texts beyond `positions`, a larger base, which grows with their length.
    case dynamic(factor: Double, positions: Int)
    case yarn(YaRN)
    case longRope(LongRoPE)
    /// A kind whose angles are not known here, and why: the model can be described, and not run.
    case unsupported(String)
  }

  /// YaRN (arXiv:2309.00071): wavelengths that turn seldom in the first training are stretched, those that
  /// turn often are kept, with a ramp over the pairs between.
  package struct YaRN: Hashable, Sendable {
    package let factor: Double
    /// Turns over the first training's length where the ramp ends, and where it begins.
    package let fast: Double
    package let slow: Double
    package let originalLength: Int
    /// Whether the ramp begins and ends at whole pairs.
    package let isTruncated: Bool
    /// The factor on rotated entries (attention_factor).
    package let amplitude: Double

    package init(
      factor: Double, fast: Double, slow: Double, originalLength: Int, isTruncated: Bool,
      amplitude: Double
    ) {
      self.factor = factor
      self.fast = fast
      self.slow = slow
      self.originalLength = originalLength
      self.isTruncated = isTruncated
      self.amplitude = amplitude
    }
  }

  /// LongRoPE (arXiv:2402.13753): a factor of its own for every pair, and others for texts beyond the first
  /// training's length.
  package struct LongRoPE: Hashable, Sendable {
    /// A factor for each pair, or one for all.
    package let short: [Double]
    package let long: [Double]
    package let originalLength: Int
    /// The factor on rotated entries (attention_factor).
    package let amplitude: Double

    package init(short: [Double], long: [Double], originalLength: Int, amplitude: Double) {
      self.short = short
      self.long = long
      self.originalLength = originalLength
      self.amplitude = amplitude
    }
  }
}
