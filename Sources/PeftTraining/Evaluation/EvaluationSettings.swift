import ModelGraph
import PeftAdapters

/// How held-out data become batches.
public struct EvaluationSettings: Sendable {
  /// The data are those of `train`.
  public var data: DataSettings
  /// What a classifier's labels are; what its configuration says where nil.
  public var problemType: TrainingRecipe.ProblemType?
  public var batchSize: Int
  /// Tokens of a row, to which longer ones are truncated; the model's positions, at most 512, where nil.
  public var sequenceLength: Int?

  public init(
    _ data: DataSettings, problemType: TrainingRecipe.ProblemType? = nil, batchSize: Int = 8,
    sequenceLength: Int? = nil
  ) {
    self.data = data
    self.problemType = problemType
    self.batchSize = batchSize
    self.sequenceLength = sequenceLength
  }
}

extension TaskModel {
  /// Held-out data as batches for this model. Rows of similar lengths are in one batch, the longest first: all
  /// texts are encoded now, so that a row that cannot be used is found before anything is measured.
  /// - Parameters:
  ///   - name: What messages call the model.
  ///   - formats: What the names of files can say.
  /// - Throws: `TrainingSetupError` where model and settings do not go together; what `BatchStream` throws.
  public func stream(
    _ settings: EvaluationSettings, of objective: TrainingObjective, called name: String,
    formats: DataFormats = .standard
  ) throws -> BatchStream {
    let (data, graph) = (settings.data, model.graph)
    let length = try graph.sequenceLength(settings.sequenceLength)
    let paths = try data.train.found(in: formats)
    let areTexts = paths.contains { formats.format(of: $0)?.content == .texts }
    let tokens = try TokenSettings(
      of: description, graph, called: name, tokenizer: data.tokenizer,
      outputs: objective.kind.vocabularySize, areTexts: areTexts)
    return try BatchStream(
      data, files: data.train, objective: objective, tokens: tokens,
      batchSize: settings.batchSize, sequenceLength: length,
      padding: graph.needsFullLength ? .maxLength : .longest,
      groupsByLength: areTexts && !data.packed, isEvaluation: true,
      inputs: graph.inputs.map(\.name), formats: formats)
  }
}
