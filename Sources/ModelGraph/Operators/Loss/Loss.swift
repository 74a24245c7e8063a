import PeftBasics

/// What the inputs and outputs of a graph with a loss are called.
package enum Loss {
  /// The input of the labels, where a loss takes some.
  package static let labelsName = "labels"
  /// The input of the factor on the sum: one over the number of entries that count, for a mean.
  package static let scaleName = "loss_scale"
  /// The input of the factor on a tuner's terms of the loss: a micro-batch's share of a step.
  package static let termScaleName = "loss_term_scale"
  /// The output of the loss itself, a scalar.
  package static let outputName = "loss"
  /// The output of the number of correct predictions; losses without classes have none.
  package static let correctName = "correct"
}

extension Graph {
  /// This graph with the loss of one of its outputs as the only output, or with the number of correct
  /// predictions, too. An output that comes straight from a linear layer whose weight is stored is measured
  /// together with it, where the loss can do that.
  /// - Parameter keepsOutput: Whether the output that is measured stays an output, to be scored.
  /// - Throws: `LossError` where the model does not have the output that is measured; `ShapeError`.
  package func measuring(
    _ output: String, by loss: some OutputLoss, keepsOutput: Bool = false
  ) throws -> Graph {
    guard let measured = outputs.first(where: { $0.name == output })?.value else {
      throw LossError.noOutput(output, known: outputs.map(\.name))
    }
    var graph = self
    graph.outputs = []
    let labels = loss.labels(of: self[measured].type).map {
      graph.addInput(Loss.labelsName, type: $0)
    }
    let scale = graph.addInput(Loss.scaleName, type: ValueType(Shape([Dimension]())))
    let others = [labels, scale].compactMap { $0 }
    let results =
      try keepsOutput
      ? graph.apply(loss, to: [measured] + others) : graph.apply(loss, to: measured, with: others)
    graph.addOutput(Loss.outputName, results[0])
    if results.count > 1 { graph.addOutput(Loss.correctName, results[1]) }
    if keepsOutput { graph.addOutput(output, measured) }
    #if DEBUG
      try graph.validate()
    #endif
    return graph
  }

  private mutating func apply(
    _ loss: some OutputLoss, to output: Value.ID, with others: [Value.ID]
  ) throws -> [Value.ID] {
    if case .node(let index, _) = self[output].source,
      let head = nodes[index].operation as? Linear,
      parameter(readBy: nodes[index].operands[1]) != nil,
      let measure = loss.including(head, hasBias: nodes[index].operands.count == 3)
    {
      return try apply(measure, to: nodes[index].operands + others, in: nodes[index].module)
    }
    return try apply(loss, to: [output] + others)
  }
}

/// Why a model has no such loss.
package enum LossError: Diagnosis, Hashable {
  case noOutput(String, known: [String])

  package var words: (problem: String, fix: String?) {
    switch self {
    case .noOutput(let name, let known):
      (
        "the model has no output '\(name)' to train, but \(known.joined(separator: ", "))",
        "use the model with a head for the task"
      )
    }
  }
}
