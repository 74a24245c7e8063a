import ModelGraph
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftTensors

/// Rows without labels, of which batches are made in any order.
struct PredictionRows {
  private enum Source {
    case documents(TextRows, ExampleMaker)
    case tensors(TensorRows)
  }

  private let source: Source
  private let labels = NoAnswers()
  private let tokens: TokenSettings
  private let length: Int
  private let padding: PaddingStrategy

  /// Texts, and where they are from.
  init(
    _ rows: TextRows, _ settings: DataSettings, tokens: TokenSettings, length: Int,
    padding: PaddingStrategy
  ) throws {
    source = .documents(rows, try ExampleMaker(of: rows, settings, tokens, for: Unlabelled()))
    self.tokens = tokens
    self.length = length
    self.padding = padding
    try checkTexts()
  }

  /// Tensors of the model's inputs' names.
  init(
    _ stored: [(name: String, tensor: Tensor)], path: String, tokens: TokenSettings, length: Int,
    inputs: [String]
  ) throws(DataError) {
    source = .tensors(
      try TensorRows(
        stored.filter { $0.name != Loss.labelsName }, path: path, objective: Unlabelled(),
        tokens: tokens, inputs: inputs))
    self.tokens = tokens
    self.length = length
    padding = .longest
  }

  var count: Int {
    switch source {
    case .documents(let rows, _): rows.count
    case .tensors(let rows): rows.count
    }
  }

  var areTexts: Bool { if case .documents = source { true } else { false } }

  /// A mistake with the line of its row.
  func error(_ reason: DataError.Reason, at row: Int) -> DataError {
    switch source {
    case .documents(let rows, _): rows.error(reason, at: row)
    case .tensors(let rows): DataError(reason, path: rows.path)
    }
  }

  /// The fields of a row of text; none of tensors.
  func record(_ row: Int) throws(DataError) -> DataRecord {
    guard case .documents(let rows, _) = source else { return DataRecord([]) }
    do throws(DataError.Reason) { return try rows.record(row) } catch {
      throw rows.error(error, at: row)
    }
  }

  /// The tokens of a row of text; none of tensors.
  func example(_ row: Int) throws -> Example {
    guard case .documents(let rows, let maker) = source else {
      return Example(tokens: [], segments: [], label: .numbers([]))
    }
    do {
      let example = try maker.example(rows.record(row))
      if example.tokens.isEmpty { throw DataError.Reason.noTokens }
      return example
    } catch let reason as DataError.Reason {
      throw rows.error(reason, at: row)
    }
  }

  /// What a model reads of some rows.
  /// - Parameter examples: The rows' own, where they are texts.
  func batch(_ rows: [Int], _ examples: [Example]) throws -> TrainingBatch {
    if case .tensors(let tensors) = source { return try tensors.batch(rows) }
    var builder = BatchBuilder(labels, tokens: tokens, padding: padding, fullLength: length)
    for example in examples { _ = builder.append(example) }
    return builder.batch
  }

  /// The tokens of a row as the model reads it: without what is cut off.
  func read(_ example: Example) -> [Int] {
    example.tokens.cut(to: length, keepingLast: example.endCount)
  }

  /// Looks at the first rows, so that most mistakes are found before anything is written.
  private func checkTexts() throws {
    let mostBytes = 64 << 20
    guard case .documents(let rows, let maker) = source else { return }
    for row in 0..<rows.count where rows.offset(of: row) < mostBytes {
      do throws(DataError.Reason) { try maker.check(rows.record(row)) } catch {
        throw rows.error(error, at: row)
      }
    }
  }
}

/// What rows are for that have no labels.
private struct Unlabelled: Objective {
  let name = "a prediction"
  init() {}
  init?(_ model: ModelAnswers) { nil }
  var loss: any OutputLoss { SquaredError() }
  var labels: any Labels { NoAnswers() }
}

/// No labels at all: a row is its text, or its tensors.
private struct NoAnswers: Labels {
  let contents: [DataContent] = [.texts, .tensors]
  let settings = ["prompt"]
  let neededTensors: [String] = []

  func example(_ record: DataRecord, _ maker: ExampleMaker) throws -> Example {
    try maker.wholeText(of: record, label: .numbers([]))
  }

  func inputs(of labels: [Example.Label], length: Int, tokens: TokenSettings) -> LabelInputs {
    LabelInputs(tensors: [:], countedEntries: labels.count)
  }

  func shapes(rows: Int, tokens: [Int]?) -> [String: [Int]] { [:] }
  func check(_ labels: Tensor, ids: Tensor?) {}

  func inputs(of stored: StoredRows) -> LabelInputs {
    LabelInputs(tensors: [:], countedEntries: stored.rows.count)
  }
}
