/// The sum over axes along which a value was repeated: the reverse of stretching.
///
/// Operand: `gradient [...]`. Result: the shape, whose axes are the last ones of the operand or 1.
public struct SumTo: GradientOperator {
  public static let name = "sum_to"
  public let shape: Shape
  public init(_ shape: Shape) { self.shape = shape }

  public func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expectFloatingPoint(operands[0], "the gradient")
    try expect(operands[0], "the gradient", minimumRank: shape.rank)
    return [ValueType(shape)]
  }
}

/// Nothing but zeros.
public struct Zeros: GradientOperator {
  public static let name = "zeros"
  public let shape: Shape
  public init(_ shape: Shape) { self.shape = shape }

  public func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 0...0)
    return [ValueType(shape)]
  }
}
