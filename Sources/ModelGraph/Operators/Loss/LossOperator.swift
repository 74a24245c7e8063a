/// A measure to make smaller. Nothing comes after it, so that it gives its own gradient with its value.
///
/// The last operand is a scalar that everything is multiplied with: one over the number of counted
/// entries makes a sum a mean, also where several batches make one step.
public protocol LossOperator: Operator {
  /// The same measure with the gradients of some operands as more results.
  func measuringGradients(ofOperands isNeeded: [Bool]) -> any LossOperator
}

extension LossOperator {
  /// The type of a measure.
  var scalar: ValueType { ValueType(Shape([Dimension]())) }

  func expectScale(_ operands: [ValueType]) throws(ShapeError) {
    guard let scale = operands.last else { return }
    try expectFloatingPoint(scale, "the scale")
    try expect(scale, "the scale", rank: 0)
  }

  /// The types of the operands whose gradients are measured.
  func gradientTypes(_ operands: [ValueType], where isNeeded: [Bool]) -> [ValueType] {
    zip(operands, isNeeded).filter(\.1).map { ValueType($0.0.shape) }
  }
}
