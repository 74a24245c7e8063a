import ModelGraph
import PeftAdapters
import PeftBasics
import PeftReports

/// What a model is trained to do, found out from its outputs.
struct ModelTask {
  let task: TrainingTask
  let loss: Loss
  /// Classes or tokens that labels are of; nil where labels are none.
  let classCount: Int?

  /// - Parameters:
  ///   - problemType: What a classifier's labels are.
  ///   - usualType: What its configuration says that they are. A single output is a number, several
  ///     are classes, where neither says.
  /// - Throws: `TrainingSetupError` where the model has no output to train.
  init(
    _ graph: Graph, problemType: TrainingRecipe.ProblemType? = nil, usualType: String? = nil,
    smoothing: Double = 0
  ) throws(TrainingSetupError) {
    if graph.outputs.contains(where: { $0.name == Loss.contrastive.measuredOutput }) {
      (task, loss, classCount) = (.contrastive, .contrastive, nil)
      return
    }
    guard let logits = graph.outputs.first(where: { $0.name == "logits" }),
      let width = graph[logits.value].type.shape.last?.size
    else { throw .noLogits(outputs: graph.outputs.map(\.name)) }
    if graph[logits.value].type.shape.rank > 2 {
      guard problemType == nil else { throw .noClassifier }
      classCount = width
      (task, loss) =
        graph.predictsNextToken
        ? (.causalTokens, .causalTokens(smoothing: smoothing))
        : (.tokens, .tokens(smoothing: smoothing))
      return
    }
    let usual = usualType.flatMap(TrainingRecipe.ProblemType.init)
    switch problemType ?? usual ?? (width == 1 ? .regression : .singleLabel) {
    case .regression: (task, loss) = (.regression(count: width), .regression)
    case .multiLabel: (task, loss) = (.multiLabel(count: width), .multiLabel)
    case .singleLabel: (task, loss) = (.classes(count: width), .classes(smoothing: smoothing))
    }
    classCount = width
  }
}

extension Graph {
  /// Whether every attention sees only what comes before, and there is no decoder of its own.
  fileprivate var predictsNextToken: Bool {
    !inputs.contains { $0.name == "decoder_input_ids" }
      && nodes.allSatisfy { ($0.operation as? Attention)?.isCausal ?? true }
  }

  /// The rows of the table that reads an input directly: the vocabulary of tokens.
  func vocabulary(of input: String) -> Int? {
    guard let value = inputs.first(where: { $0.name == input })?.value else { return nil }
    return nodes.lazy.filter { $0.operation is Embedding && $0.operands.first == value }
      .compactMap { self[$0.operands[1]].type.shape.dimensions.first?.size }.min()
  }

  /// The longest sequence that the model has positions for; nil where any length will do.
  var positionLimit: Int? {
    nodes.lazy.compactMap { node -> Int? in
      guard node.operation is Embedding, case .node(let index, _) = self[node.operands[0]].source,
        let positions = nodes[index].operation as? Positions,
        let rows = self[node.operands[1]].type.shape.dimensions.first?.size
      else { return nil }
      return rows - positions.offset
    }.min()
  }
}
