/// Rotary position embedding: pairs of a head's entries turned by an angle that grows with position.
///
/// Operand: `x [batch, sequence, heads · headSize]`. The first `rotarySize` entries of each head
/// are turned, the first half of them paired with the second. Result: as `x`.
package struct Rotary: Operator {
  package static let name = "rotary"

  /// How wavelengths are stretched for texts longer than those of the first training.
  package enum Scaling: Hashable, Sendable {
    case none
    /// Positions divided by the factor.
    case linear(factor: Double)
    /// Llama 3.1: long wavelengths divided by the factor, short ones kept, a ramp between.
    case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, originalLength: Int)
  }

  package let headSize: Int
  package let rotarySize: Int
  /// The base of the geometric series of wavelengths.
  package let theta: Double
  package let scaling: Scaling

  package init(headSize: Int, rotarySize: Int, theta: Double, scaling: Scaling = .none) {
    self.headSize = headSize
    self.rotarySize = rotarySize
    self.theta = theta
    self.scaling = scaling
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
