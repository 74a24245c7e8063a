/// Every entry rounded to the nearest number of another type, ties to even.
///
/// Operand: `x [...]`. Result: as the operand, in that type.
package struct Convert: UndescribedOperator {
  package static let name = "convert"
  package let element: ElementType

  package init(to element: ElementType) { self.element = element }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expectFloatingPoint(operands[0], "the input")
    return [ValueType(operands[0].shape, element)]
  }
}

/// Rounding is passed over, as if the operand were used itself.
extension Convert: DifferentiableOperator {
  package func gradients(of node: NodeGradient, in graph: inout Graph) throws -> [Value.ID?] {
    [node.gradient]
  }
}
