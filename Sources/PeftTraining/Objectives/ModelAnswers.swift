import ModelGraph

/// A model's outputs, as far as they decide what the model can be trained for.
struct ModelAnswers {
  let graph: Graph
  /// What a classifier's labels are, where a recipe or the model's configuration says it.
  let problemType: TrainingRecipe.ProblemType?
  let smoothing: Double
  /// The names of a classifier's classes, where they are known.
  var labelNames: [String]?

  /// The output of most models.
  static let usualOutput = "logits"

  /// The classes' names, where there is one for each.
  func labelNames(count: Int) -> [String]? {
    labelNames.flatMap { $0.count == count ? $0 : nil }
  }

  func hasOutput(_ name: String) -> Bool { graph.outputs.contains { $0.name == name } }

  /// The size of the output for every token; nil where there is one output for each row.
  var tokenWidth: Int? { usual.flatMap { $0.rank > 2 ? $0.dimensions.last?.size : nil } }

  /// The size of the output for every row; nil where there is one for each token.
  var rowWidth: Int? { usual.flatMap { $0.rank > 2 ? nil : $0.dimensions.last?.size } }

  private var usual: Shape? {
    graph.outputs.first { $0.name == Self.usualOutput }.map { graph[$0.value].type.shape }
  }

  /// Whether there is a decoder with inputs of its own.
  var hasDecoder: Bool { graph.inputs.contains { $0.name == "decoder_input_ids" } }

  /// Whether every attention is causal.
  var isCausal: Bool {
    graph.nodes.allSatisfy { ($0.operation as? Attention)?.isCausal ?? true }
  }
}
