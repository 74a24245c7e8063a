import ModelGraph
public import PeftAdapters

/// Measures a model on held-out data, batch by batch and in the model's precision.
///
///     let objective = try TrainingObjective.classes(count: 4)
///     let result = try Evaluation(adapted.model(), objective: objective).run(on: stream)
///     print(result.measurement.loss, result.macroF1 ?? .nan)
///
/// It is for one task at a time. Nothing in the model is changed.
public struct Evaluation {
  private let objective: TrainingObjective
  private let model: BatchedModel

  /// - Parameter model: With the adapters that are measured.
  /// - Throws: `LossError` where the model does not have the output that is measured.
  public init(_ model: Model, objective: TrainingObjective) throws {
    self.objective = objective
    self.model = BatchedModel(model.changed(graph: try model.graph.evaluating(objective)))
  }

  /// Measures the rest of a stream.
  /// - Parameters:
  ///   - stream: Of the same objective, for evaluation: another does not end.
  ///   - watch: Told after each batch how many there have been.
  /// - Throws: `DataError`, `TokenizerError`, with the line of the row that cannot be used; `DataError` where no
  ///   label of any row counts; `ProgramError` and `RunError` where batches do not fit the model.
  public func run(
    on stream: BatchStream, _ watch: (Int) -> Void = { _ in }
  ) throws -> EvaluationResult {
    precondition(stream.isEvaluation, "a stream of training data does not end")
    var sums = EvaluationSums(objective)
    return try sums.add(stream, watch) { try model($0.measured) }
  }
}
