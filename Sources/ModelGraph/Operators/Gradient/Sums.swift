/// The sum over axes along which a value was broadcast.
///
/// Operand: `gradient [...]`. Result: the shape, whose axes are the last ones of the operand or 1.
package struct SumTo: GradientOperator {
  package static let name = "sum_to"
  package let shape: Shape
  package init(_ shape: Shape) { self.shape = shape }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expectFloatingPoint(operands[0], "the gradient")
    try expect(operands[0], "the gradient", minimumRank: shape.rank)
    return [ValueType(shape)]
  }
}

/// Nothing but zeros.
package struct Zeros: GradientOperator {
  package static let name = "zeros"
  package let shape: Shape
  package init(_ shape: Shape) { self.shape = shape }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 0...0)
    return [ValueType(shape)]
  }
}
