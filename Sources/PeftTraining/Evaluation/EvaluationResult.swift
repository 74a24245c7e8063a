import ModelGraph
public import PeftGeneration
import PeftTensors

/// How well a model does on data.
public struct EvaluationResult: Sendable {
  /// The loss, and how many of what it counts were right.
  public let measurement: Measurement
  /// `e` to the loss; nil where no tokens are predicted.
  public let perplexity: Double?
  /// How good predictions of classes, labels or numbers are; nil for other models.
  public let scores: Scores?
  /// Rows that were measured: of texts, sequences of packed ones, or of tensors.
  public let rowCount: Int
  /// Rows that were longer than a sequence, and so truncated.
  public let cutRows: Int
  /// Rows that were left out, because none of their labels counts.
  public let leftOutRows: Int

  /// Rows that were left out, because something is wrong with them that was not found when they were opened.
  public let unusableRows: UnusableRows

  /// The mean F1 of all classes, or labels; nil for other models.
  public var macroF1: Double? { scores?.macroF1 }
}

/// What a model's outputs on batches add up to.
struct EvaluationSums {
  private let objective: TrainingObjective
  private var measurement: Measurement?
  private var scorer: (any Scorer)?
  private var rowCount = 0

  init(_ objective: TrainingObjective) {
    self.objective = objective
    scorer = objective.kind.scorer
  }

  /// Adds the batches of the rest of a stream.
  /// - Parameters:
  ///   - watch: Told after each batch how many there have been.
  ///   - outputs: Computes what `Graph.evaluating(_:)` gives for a batch.
  /// - Returns: The result of all that was added.
  /// - Throws: What reading a batch throws; `DataError` where no label of any row counts.
  mutating func add(
    _ stream: BatchStream, _ watch: (Int) -> Void = { _ in },
    outputs: (TrainingBatch) throws -> [String: Tensor]
  ) throws -> EvaluationResult {
    var rest = stream
    var batchCount = 0
    while let batch = try rest.next() {
      add(try outputs(batch), of: batch)
      batchCount += 1
      watch(batchCount)
    }
    guard let measurement, measurement.entryCount > 0 else {
      throw DataError(.nothingCounted, path: stream.path)
    }
    return EvaluationResult(
      measurement: measurement,
      perplexity: objective.kind.predictsTokens ? measurement.perplexity : nil,
      scores: scorer?.scores, rowCount: rowCount, cutRows: rest.cutRows,
      leftOutRows: rest.leftOutRows, unusableRows: rest.unusableRows)
  }

  private mutating func add(_ outputs: [String: Tensor], of batch: TrainingBatch) {
    let measured = Measurement(outputs, of: batch)
    measurement = measurement.map { $0 + measured } ?? measured
    rowCount += batch.rowCount
    guard let output = outputs[objective.measuredOutput],
      let labels = batch.inputs[Loss.labelsName]
    else { return }
    scorer?.add(output, labels: labels)
  }
}

extension Measurement {
  /// What a graph that measures gives for a batch.
  init(_ outputs: [String: Tensor], of batch: TrainingBatch) {
    self.init(
      lossSum: outputs.scalar(Loss.outputName),
      rightCount: outputs[Loss.correctName].map { _ in outputs.scalar(Loss.correctName) },
      entryCount: batch.countedEntries, byteCount: batch.byteCount)
  }
}
