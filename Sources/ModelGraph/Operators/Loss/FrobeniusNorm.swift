/// The Frobenius norm of a matrix, or of its difference from the identity; or the square of it.
///
/// Operands: `matrix [m, n]`, and a scale. Results: the scaled norm, and the gradient of the matrix
/// where it is asked for; that is zero where the norm is.
/// - SeeAlso: PyTorch's `torch.norm(matrix - eye, p="fro")`.
package struct FrobeniusNorm: LossOperator {
  package static let name = "frobenius_norm"
  /// What the norm is multiplied by, beside the scale.
  package let weight: Double
  /// Whether the identity is taken from the matrix first.
  package let isFromIdentity: Bool
  package let isSquared: Bool
  package let givesGradient: Bool

  package init(
    weight: Double = 1, isFromIdentity: Bool = false, isSquared: Bool = false,
    givesGradient: Bool = false
  ) {
    self.weight = weight
    self.isFromIdentity = isFromIdentity
    self.isSquared = isSquared
    self.givesGradient = givesGradient
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    try expectFloatingPoint(operands[0], "the matrix")
    try expect(operands[0], "the matrix", rank: 2)
    let axes = operands[0].shape.dimensions
    if isFromIdentity, let rows = axes[0].size, let columns = axes[1].size, rows != columns {
      throw ShapeError(
        name, .sizes(left: "rows", Shape([rows]), right: "columns", Shape([columns])))
    }
    try expectScale(operands)
    return [scalar] + gradientTypes(operands, where: [givesGradient])
  }

  package func measuringGradients(ofOperands isNeeded: [Bool]) -> any LossOperator {
    FrobeniusNorm(
      weight: weight, isFromIdentity: isFromIdentity, isSquared: isSquared,
      givesGradient: isNeeded[0])
  }
}
