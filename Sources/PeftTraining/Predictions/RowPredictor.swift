import ModelGraph
import PeftAdapters
public import PeftBasics

/// How rows are predicted.
public struct PredictionSettings: Sendable {
  /// Templates and tokenizer; its files are not used.
  public var data: DataSettings
  /// What a classifier's labels are; what its configuration says where nil.
  public var problemType: TrainingRecipe.ProblemType?
  public var batchSize: Int
  /// Tokens of a row, to which longer ones are truncated; the model's positions, at most 512, where nil.
  public var sequenceLength: Int?
  /// How many answers are told; the best alone where nil, or five for each mask.
  public var top: Int?
  /// The least probability of a label that is predicted, where a row has any number of them.
  public var threshold: Double

  public init(
    _ data: DataSettings = DataSettings(train: []), problemType: TrainingRecipe.ProblemType? = nil,
    batchSize: Int = 8, sequenceLength: Int? = nil, top: Int? = nil, threshold: Double = 0.5
  ) {
    self.data = data
    self.problemType = problemType
    self.batchSize = batchSize
    self.sequenceLength = sequenceLength
    self.top = top
    self.threshold = threshold
  }
}

/// Predicts rows with a model: classes, labels, numbers, or the words that masks stand for.
///
///     let predictor = try RowPredictor(task, of: .texts(["fixed a crash"]), settings: PredictionSettings())
///     try predictor.run { row in print(row.prediction.answers) }
public final class RowPredictor {
  /// A row with what is predicted of it.
  public struct Row: Sendable {
    /// Its number, counted from 0.
    public let number: Int
    /// Its fields; none where it is tensors.
    public let record: DataRecord
    public let prediction: Prediction
  }

  /// What the user should know about the rows.
  public let warnings: [String]
  /// Rows so far of which an output is inf or NaN.
  public private(set) var nonFiniteRows = 0
  let fields: (_ tellsProbabilities: Bool) -> PredictionFields
  /// The names of the rows' fields, as far as the first row has them.
  let inputColumns: [String]
  private let rows: OrderedRows
  private let predictor: any Predictor

  /// Opens the rows, and looks at the first of them.
  /// - Parameters:
  ///   - name: What messages call the model.
  ///   - formats: What the names of files can say.
  /// - Throws: `NoPredictions` where the model is for something else; `TrainingSetupError`; what is wrong with the
  ///   rows.
  public init(
    _ task: TaskModel, called name: String = "the model", of input: RowInput,
    settings: PredictionSettings, formats: DataFormats = .standard
  ) throws {
    let objective = try task.objective(problemType: settings.problemType)
    let opened = try TaskRows(
      task, called: name, of: input, settings.data, sequenceLength: settings.sequenceLength,
      vocabularySize: objective.kind.vocabularySize, formats: formats)
    let choices = PredictionChoices(
      top: settings.top, threshold: settings.threshold, tokens: opened.tokens)
    guard let predictor = objective.kind.predictor(choices) else {
      throw NoPredictions(task: objective.name)
    }
    self.predictor = predictor
    // The logits of all tokens of a batch would take too much memory.
    let entries = objective.kind.predictsTokens ? objective.kind.vocabularySize ?? 1 : 1
    let most = max(1, (1 << 25) / max(1, opened.length) / max(1, entries))
    rows = OrderedRows(
      rows: opened.rows,
      model: BatchedModel(task.model, outputs: [objective.measuredOutput]),
      output: objective.measuredOutput, batchSize: min(settings.batchSize, most))
    warnings = opened.rows.areTexts ? opened.tokens.warnings(isPacked: false) : []
    inputColumns = try opened.rows.areTexts ? Array(opened.rows.record(0).fields.keys) : []
    let tellsTop = settings.top.map { $0 > 1 } ?? (predictor.usualTop > 1)
    fields = { tellsProbabilities in
      PredictionFields(
        hasSeveralAnswers: predictor.hasSeveralAnswers, hasNumbers: predictor.hasNumbers,
        names: predictor.names, tellsTop: tellsTop,
        tellsProbabilities: tellsProbabilities && !predictor.names.isEmpty)
    }
  }

  /// Rows that are predicted.
  public var rowCount: Int { rows.rows.count }

  /// Predicts all rows.
  /// - Parameter take: Given one after another, in their order.
  /// - Throws: `DataError`, `TokenizerError`, with the line of the row that cannot be used; `ProgramError` and
  ///   `RunError` where rows do not fit the model; what `take` throws.
  public func run(_ take: (Row) throws -> Void) throws {
    try rows.run(
      check: predictor.check, make: predictor.prediction,
      take: { number, record, prediction in
        if !prediction.isFinite { nonFiniteRows += 1 }
        try take(Row(number: number, record: record, prediction: prediction))
      })
  }

  /// A mistake with the line of its row.
  func error(_ reason: DataError.Reason, at row: Int) -> DataError {
    rows.rows.error(reason, at: row)
  }
}

/// Rows of a model's task, opened.
struct TaskRows {
  let rows: PredictionRows
  let tokens: TokenSettings
  let length: Int

  /// - Parameters:
  ///   - name: What messages call the model.
  ///   - sequenceLength: Tokens of a row; where nil, the usual ones for the tokens, or the model's positions.
  init(
    _ task: TaskModel, called name: String, of input: RowInput, _ settings: DataSettings,
    sequenceLength: Int?, usualLength: (TokenSettings) -> Int? = { _ in nil },
    vocabularySize: Int?, formats: DataFormats
  ) throws {
    let graph = task.model.graph
    let inputs = graph.inputs.map(\.name)
    let opened = try OpenedRows(input, inputs: inputs, formats: formats)
    let areTexts = if case .texts = opened { true } else { false }
    if areTexts, !inputs.contains("input_ids") { throw NoTexts(model: name, inputs: inputs) }
    tokens = try TokenSettings(
      of: task.description, graph, called: name, tokenizer: settings.tokenizer,
      outputs: vocabularySize, areTexts: areTexts)
    let usual = usualLength(tokens).map { max(1, min($0, graph.positionLimit ?? .max)) }
    length = try graph.sequenceLength(sequenceLength ?? usual)
    switch opened {
    case .texts(let texts):
      rows = try PredictionRows(
        texts, settings, tokens: tokens, length: length,
        padding: graph.needsFullLength ? .maxLength : .longest)
    case .tensors(let tensors, let path):
      rows = try PredictionRows(
        tensors, path: path, tokens: tokens, length: length, inputs: inputs)
    }
  }
}

/// A model that predicts nothing of a row.
public struct NoPredictions: Diagnosis, Hashable {
  /// What the model is for.
  public let task: String

  public var words: (problem: String, fix: String?) {
    (
      "the model is for \(task), which predicts neither classes nor numbers nor masked words",
      "give a classifier, a regression or a masked language model"
    )
  }
}

/// Texts for a model that reads something else.
public struct NoTexts: Diagnosis, Hashable {
  public let model: String
  /// The names of its inputs.
  public let inputs: [String]

  public var words: (problem: String, fix: String?) {
    (
      "\(model.shown) reads no texts, but \(inputs.listed(upTo: 5))",
      "give a .npy or .safetensors file with them"
    )
  }
}
