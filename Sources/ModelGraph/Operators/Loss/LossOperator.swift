/// A loss. Nothing comes after it, so that it gives its own gradient with its value.
///
/// The last operand is a scalar that everything is multiplied with: one over the number of counted
/// entries makes a sum a mean, also where several batches make one step.
package protocol LossOperator: Operator {
  /// The same loss with the gradients of some operands as further results.
  func measuringGradients(ofOperands isNeeded: [Bool]) -> any LossOperator
}

/// A loss of one of a model's outputs, perhaps against labels.
///
/// Operands: the output, the labels where there are any, and the scale.
package protocol OutputLoss: LossOperator {
  /// What labels an output of such a type takes; nil for none.
  func labels(of output: ValueType) -> ValueType?
  /// The same loss of a linear layer's outputs, which then are never stored as a whole; nil
  /// where there is no such operator. Its operands are the layer's, the labels and the scale.
  func including(_ head: Linear, hasBias: Bool) -> (any LossOperator)?
}

extension OutputLoss {
  /// None.
  package func including(_ head: Linear, hasBias: Bool) -> (any LossOperator)? { nil }
}

extension LossOperator {
  /// The type of a loss.
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
