/// What a model is trained to make small.
public enum Loss: Hashable, Sendable {
  /// Every token predicts the next one.
  case causalTokens(smoothing: Double = 0)
  /// Every place has a label: masked tokens, or what a decoder answers.
  case tokens(smoothing: Double = 0)
  /// Every row has one class.
  case classes(smoothing: Double = 0)
  /// Every row says yes or no to each label.
  case multiLabel
  /// Every row has numbers.
  case regression
  /// Texts and images belong together in the order in which they stand.
  case contrastive

  /// The name of the output that is measured.
  public var measuredOutput: String { self == .contrastive ? "logits_per_text" : "logits" }

  /// The input of what should come out; `contrastive` has none.
  public static let labelsName = "labels"
  /// The input of what the sum is multiplied with: one over the number of counted entries for a mean.
  public static let scaleName = "loss_scale"
  /// The input of what a tuner's terms of the loss are multiplied with: a micro-batch's share of a step.
  public static let termScaleName = "loss_term_scale"
  /// The output of the loss itself, a scalar.
  public static let outputName = "loss"
  /// The output of how many classes were right; losses without classes have none.
  public static let correctName = "correct"
}

extension Graph {
  /// This graph with its loss as the only output, or with the number of right classes, too.
  /// - Throws: `LossError` where the model does not have the output that is measured.
  public func measuring(_ loss: Loss) throws -> Graph {
    guard let measured = outputs.first(where: { $0.name == loss.measuredOutput }) else {
      throw LossError.noOutput(loss.measuredOutput, known: outputs.map(\.name))
    }
    var graph = self
    graph.outputs = []
    let results = try graph.measure(measured.value, by: loss)
    graph.addOutput(Loss.outputName, results[0])
    if results.count > 1 { graph.addOutput(Loss.correctName, results[1]) }
    #if DEBUG
      try graph.validate()
    #endif
    return graph
  }

  private mutating func measure(_ value: Value.ID, by loss: Loss) throws -> [Value.ID] {
    let shape = self[value].type.shape
    switch loss {
    case .causalTokens(let smoothing):
      return try crossEntropy(of: value, shape, .init(shift: 1, smoothing: smoothing))
    case .tokens(let smoothing), .classes(let smoothing):
      return try crossEntropy(of: value, shape, .init(smoothing: smoothing))
    case .multiLabel:
      let labels = addInput(Loss.labelsName, type: ValueType(shape))
      return try apply(BinaryCrossEntropy(), to: [value, labels, addScale()])
    case .regression:
      let labels = addInput(Loss.labelsName, type: ValueType(shape))
      return try apply(SquaredError(), to: [value, labels, addScale()])
    case .contrastive: return try apply(ContrastiveLoss(), to: [value, addScale()])
    }
  }

  private mutating func addScale() -> Value.ID {
    addInput(Loss.scaleName, type: ValueType(Shape([Dimension]())))
  }

  /// Logits that come straight from a layer whose weight is stored are measured together with it.
  private mutating func crossEntropy(
    of logits: Value.ID, _ shape: Shape, _ settings: CrossEntropy.Settings
  ) throws -> [Value.ID] {
    let labels = addInput(
      Loss.labelsName, type: ValueType(Shape(Array(shape.dimensions.dropLast())), .index))
    let scale = addScale()
    if case .node(let index, _) = self[logits].source,
      let head = nodes[index].operation as? Linear,
      parameter(readBy: nodes[index].operands[1]) != nil
    {
      let operands = nodes[index].operands
      return try apply(
        HeadCrossEntropy(layout: head.layout, settings: settings, hasBias: operands.count == 3),
        to: operands + [labels, scale], in: nodes[index].module)
    }
    return try apply(CrossEntropy(settings), to: [logits, labels, scale])
  }
}

/// Why a model cannot be measured.
public enum LossError: Error, Hashable, Sendable, CustomStringConvertible {
  case noOutput(String, known: [String])

  public var description: String {
    switch self {
    case .noOutput(let name, let known):
      """
      error: the model has no output '\(name)' to train, but \(known.joined(separator: ", "))
        fix: use the model with a head for the task
      """
    }
  }
}
