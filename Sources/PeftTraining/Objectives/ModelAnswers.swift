import ModelGraph

/// What a model answers, as far as it decides what the model can be trained for.
struct ModelAnswers {
  let graph: Graph
  /// What a classifier's labels are, where a recipe or the model's configuration says it.
  let problemType: TrainingRecipe.ProblemType?
  let smoothing: Double

  /// The output of most models.
  static let usualOutput = "logits"

  func hasOutput(_ name: String) -> Bool { graph.outputs.contains { $0.name == name } }

  /// How many numbers every token is answered with; nil where the model answers rows as a whole.
  var tokenWidth: Int? { usual.flatMap { $0.rank > 2 ? $0.dimensions.last?.size : nil } }

  /// How many numbers every row is answered with; nil where the model answers tokens.
  var rowWidth: Int? { usual.flatMap { $0.rank > 2 ? nil : $0.dimensions.last?.size } }

  private var usual: Shape? {
    graph.outputs.first { $0.name == Self.usualOutput }.map { graph[$0.value].type.shape }
  }

  /// Whether there is a decoder with inputs of its own.
  var hasDecoder: Bool { graph.inputs.contains { $0.name == "decoder_input_ids" } }

  /// Whether every attention sees only what comes before.
  var isCausal: Bool {
    graph.nodes.allSatisfy { ($0.operation as? Attention)?.isCausal ?? true }
  }
}
