/// Mean 0 and variance 1 over the last axis, then scaled and shifted.
///
/// Operands: `x [..., width]`, `weight [width]`, `bias [width]`. Result: as `x`.
package struct LayerNorm: Operator {
  package static let name = "layer_norm"
  package let epsilon: Double
  package init(epsilon: Double) { self.epsilon = epsilon }

  package var isRecomputed: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...3)
    let x = operands[0]
    try expectFloatingPoint(x, "the input")
    let width = try width(of: x, "the input")
    for (type, operand) in zip(operands.dropFirst(), ["the weight", "the bias"]) {
      try expect(type, operand, rank: 1)
      try expect(type, operand, width: .size(width))
    }
    return [x]
  }
}

/// Root mean square 1 over the last axis, or over each group of it that is as wide as the weight,
/// then scaled by `weight + weightOffset`.
///
/// Operands: `x [..., width]`, `weight [size]` where size divides width. Result: as `x`.
package struct RMSNorm: Operator {
  package static let name = "rms_norm"
  package let epsilon: Double
  /// Added to the weight: 1 in Gemma, whose weights are stored as a difference from 1.
  package let weightOffset: Double

  package init(epsilon: Double, weightOffset: Double = 0) {
    self.epsilon = epsilon
    self.weightOffset = weightOffset
  }

  package var isRecomputed: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    let (x, weight) = (operands[0], operands[1])
    try expectFloatingPoint(x, "the input")
    try expect(weight, "the weight", rank: 1)
    let size = try self.width(of: weight, "the weight")
    _ = try quotient(width(of: x, "the input"), by: size, .normalizedEntries)
    return [x]
  }
}

/// Euclidean norm 1 over the last axis.
package struct UnitLength: Operator {
  package static let name = "unit_length"
  package init() {}

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try unchangedAlongLastAxis(operands)
  }
}

/// One over the Euclidean norm, over the last axis.
///
/// Operand: `x [..., width]`. Result: `[..., 1]`.
package struct InverseLength: UndescribedOperator {
  package static let name = "inverse_length"
  package init() {}

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    let x = try unchangedAlongLastAxis(operands)[0]
    return [ValueType(x.shape.replacingLast(with: 1), x.element)]
  }
}

/// The softmax over the last axis.
package struct Softmax: Operator {
  package static let name = "softmax"
  package init() {}

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try unchangedAlongLastAxis(operands)
  }
}

extension Operator {
  /// The type of one floating-point value with at least one axis, which the operator keeps.
  fileprivate func unchangedAlongLastAxis(
    _ operands: [ValueType]
  ) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expectFloatingPoint(operands[0], "the input")
    try expect(operands[0], "the input", minimumRank: 1)
    return [operands[0]]
  }
}
