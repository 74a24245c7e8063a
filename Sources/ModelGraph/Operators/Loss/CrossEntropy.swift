/// The cross entropy of classes, such as tokens.
///
/// Operands: `logits [..., classes]`, `labels [...]` as indices, and a scale. Entries with the label
/// −100 are ignored. Results: the scaled sum over all that do; how many of them have their label's
/// logit as the largest; and, where it is asked for, the gradient of the logits.
/// - SeeAlso: PyTorch's `torch.nn.functional.cross_entropy`.
package struct CrossEntropy: OutputLoss {
  package static let name = "cross_entropy"
  package let settings: Settings
  package let givesGradient: Bool

  /// What counts, and how.
  package struct Settings: Hashable, Sendable {
    /// Positions from a row of logits to its label, along the axis before the last: 1 where a token
    /// predicts the next one.
    package let shift: Int
    /// Label smoothing: the share of a label that is spread over all classes.
    package let smoothing: Double

    package init(shift: Int = 0, smoothing: Double = 0) {
      self.shift = shift
      self.smoothing = smoothing
    }
  }

  /// The label of ignored entries, as in PyTorch.
  package static let ignoredLabel = -100

  package init(_ settings: Settings, givesGradient: Bool = false) {
    self.settings = settings
    self.givesGradient = givesGradient
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 3...3)
    try expectLabels(operands[1], of: operands[0])
    try expectScale(operands)
    return [scalar, scalar] + gradientTypes(operands, where: [givesGradient])
  }

  package func labels(of output: ValueType) -> ValueType? {
    ValueType(Shape(Array(output.shape.dimensions.dropLast())), .index)
  }

  package func including(_ head: Linear, hasBias: Bool) -> (any LossOperator)? {
    HeadCrossEntropy(layout: head.layout, settings: settings, hasBias: hasBias)
  }

  package func measuringGradients(ofOperands isNeeded: [Bool]) -> any LossOperator {
    CrossEntropy(settings, givesGradient: isNeeded[0])
  }
}

/// The cross entropy of a linear layer's outputs, which are never stored as a whole.
///
/// Operands: `x [..., width]`, `weight`, perhaps `bias [classes]`, `labels [...]`, and a scale.
/// Results: as `CrossEntropy`, with the gradients of x, weight and bias that are asked for.
package struct HeadCrossEntropy: LossOperator {
  package static let name = "head_cross_entropy"
  package let layout: Linear.Layout
  package let settings: CrossEntropy.Settings
  package let hasBias: Bool
  /// Whether the gradients of x, of the weight and of the bias are results.
  package let gradients: [Bool]

  package init(
    layout: Linear.Layout, settings: CrossEntropy.Settings, hasBias: Bool,
    gradients: [Bool] = [false, false, false]
  ) {
    self.layout = layout
    self.settings = settings
    self.hasBias = hasBias
    self.gradients = gradients
  }

  package var multipliedOperands: [Int] { [0, 1] }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    let count = hasBias ? 5 : 4
    try expect(operands, count: count...count)
    let logits = try Linear(layout: layout).results(of: operands.dropLast(2))[0]
    try expectLabels(operands[count - 2], of: logits)
    try expectScale(operands)
    return [scalar, scalar] + gradientTypes(operands, where: gradients)
  }

  package func measuringGradients(ofOperands isNeeded: [Bool]) -> any LossOperator {
    HeadCrossEntropy(
      layout: layout, settings: settings, hasBias: hasBias,
      gradients: [isNeeded[0], isNeeded[1], hasBias && isNeeded[2]])
  }
}

extension LossOperator {
  fileprivate func expectLabels(
    _ labels: ValueType, of logits: ValueType
  ) throws(ShapeError) {
    try expectFloatingPoint(logits, "the logits")
    try expect(logits, "the logits", minimumRank: 2)
    try expectIndices(labels, "the labels")
    guard labels.shape.dimensions == logits.shape.dimensions.dropLast() else {
      throw ShapeError(
        name, .sizes(left: "the logits", logits.shape, right: "the labels", labels.shape))
    }
  }
}
