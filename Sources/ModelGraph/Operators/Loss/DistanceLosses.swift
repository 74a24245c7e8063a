/// The binary cross entropy of independent labels.
///
/// Operands: `logits`, `targets` of the same shape, and a scale. Results: the scaled sum, and the
/// gradient of the logits where it is asked for.
/// - SeeAlso: PyTorch's `binary_cross_entropy_with_logits`.
package struct BinaryCrossEntropy: OutputLoss {
  package static let name = "binary_cross_entropy"
  package let givesGradient: Bool
  package init(givesGradient: Bool = false) { self.givesGradient = givesGradient }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try comparison(operands, givesGradient: givesGradient)
  }

  package func labels(of output: ValueType) -> ValueType? { ValueType(output.shape) }

  package func measuringGradients(ofOperands isNeeded: [Bool]) -> any LossOperator {
    BinaryCrossEntropy(givesGradient: isNeeded[0])
  }
}

/// The sum of squared differences.
///
/// Operands: `predictions`, `targets` of the same shape, and a scale. Results: as
/// `BinaryCrossEntropy`.
package struct SquaredError: OutputLoss {
  package static let name = "squared_error"
  package let givesGradient: Bool
  package init(givesGradient: Bool = false) { self.givesGradient = givesGradient }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try comparison(operands, givesGradient: givesGradient)
  }

  package func labels(of output: ValueType) -> ValueType? { ValueType(output.shape) }

  package func measuringGradients(ofOperands isNeeded: [Bool]) -> any LossOperator {
    SquaredError(givesGradient: isNeeded[0])
  }
}

/// CLIP's contrastive loss of pairs of text and image: the mean of both directions' cross entropies,
/// times the number of pairs.
///
/// Operands: `logits [n, n]`, and a scale. Results: the scaled loss, and the gradient of the logits
/// where it is asked for.
/// - SeeAlso: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision",
///   2021, arXiv:2103.00020, figure 3.
package struct ContrastiveLoss: OutputLoss {
  package static let name = "contrastive"
  package let givesGradient: Bool
  package init(givesGradient: Bool = false) { self.givesGradient = givesGradient }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    try expectFloatingPoint(operands[0], "the logits")
    try expect(operands[0], "the logits", rank: 2)
    let axes = operands[0].shape.dimensions
    if let rows = axes[0].size, let columns = axes[1].size, rows != columns {
      throw ShapeError(
        name, .sizes(left: "texts", Shape([rows]), right: "images", Shape([columns])))
    }
    try expectScale(operands)
    return [scalar] + gradientTypes(operands, where: [givesGradient])
  }

  package func labels(of output: ValueType) -> ValueType? { nil }

  package func measuringGradients(ofOperands isNeeded: [Bool]) -> any LossOperator {
    ContrastiveLoss(givesGradient: isNeeded[0])
  }
}

extension LossOperator {
  fileprivate func comparison(
    _ operands: [ValueType], givesGradient: Bool
  ) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 3...3)
    for (type, operand) in zip(operands, ["the predictions", "the targets"]) {
      try expectFloatingPoint(type, operand)
    }
    guard operands[0].shape == operands[1].shape else {
      throw ShapeError(
        name,
        .sizes(
          left: "the predictions", operands[0].shape, right: "the targets", operands[1].shape))
    }
    try expectScale(operands)
    return [scalar] + gradientTypes(operands, where: [givesGradient])
  }
}
