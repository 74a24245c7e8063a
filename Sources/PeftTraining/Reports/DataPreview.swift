import ModelGraph
import PeftAdapters
import PeftBasics
import PeftReports
import PeftTokenizers

/// Data as a recipe's run sees them: some examples, and what becomes of the rows.
///
/// ```swift
/// let preview = try DataPreview(recipe, catalog: .standard)
/// print(try preview.report(as: .table))
/// ```
public struct DataPreview: Sendable {
  /// A row as it is trained on.
  struct Example: Sendable {
    /// Its file, and the line where it has lines.
    let place: String
    /// The tokens, truncated to the sequence length.
    let tokens: [Int]
    /// Which of them count for the loss; none where the label is another one.
    let counts: [Bool]
    /// The class or the numbers, or the tokens that are answered.
    let label: Label?

    enum Label: Sendable {
      case name(String)
      case numbers([Double])
      case answer([Int])
    }
  }

  /// What the model is trained for, in words.
  let task: String
  let tokenizer: Tokenizer?
  private(set) var examples: [Example] = []
  private(set) var training: RowCounts
  /// Nil where there are no evaluation data.
  private(set) var evaluation: RowCounts?
  /// The share of padding in the batches of the training data.
  private(set) var paddingShare: Double?
  let sequenceLength: Int
  /// What is wrong with rows that are left out for it: the first of them.
  public var mistakes: [String] {
    ([training] + (evaluation.map { [$0] } ?? [])).flatMap { $0.unusable.mistakes.map(\.summary) }
  }

  /// What the user should know about the data.
  public let warnings: [String]

  /// Rows that are looked at where nothing else is said.
  public static let usualRows = 10_000

  /// Opens a recipe's data as a run does; no weights are read.
  /// - Parameters:
  ///   - exampleCount: Examples to show, of the first rows.
  ///   - mostRows: Rows to look at.
  /// - Throws: What is wrong with the recipe's model for a training, and with its data.
  public init(
    _ recipe: TrainingRecipe, catalog: TrainingCatalog, exampleCount: Int = 3,
    mostRows: Int = DataPreview.usualRows
  ) throws {
    let source = RunSource(catalog)
    let model = try source.model(of: recipe)
    let recipe = recipe.classifying(on: model)
    let data = try source.data(of: recipe, for: model)
    let stream = try data.stream(at: .start)
    let names = model.description.trainingDefaults.labelNames
    task = data.objective.name
    tokenizer = stream.tokens.tokenizer
    sequenceLength = stream.length
    warnings = model.description.warnings.map(\.description) + stream.warnings
    training = try RowCounts(stream, names: names, mostRows: mostRows)
    evaluation = try data.evaluation().map {
      try RowCounts($0, names: names, mostRows: mostRows)
    }
    if training.longest != nil { paddingShare = try stream.paddingShare(mostRows: mostRows) }
    for row in 0..<min(exampleCount, stream.rowCount) {
      if let example = try stream.preview(row, names: names) { examples.append(example) }
    }
  }
}

extension BatchStream {
  /// How much of the batches of the first epoch is padding.
  fileprivate func paddingShare(mostRows: Int) throws -> Double? {
    var (rest, tokens, places, rows) = (self, 0, 0, 0)
    while rows < min(rowCount, mostRows), let batch = try rest.next() {
      guard let ids = batch.inputs["input_ids"] else { return nil }
      tokens += batch.tokenCount
      places += ids.count
      rows += batchSize
    }
    return places > 0 ? 1 - Double(tokens) / Double(places) : nil
  }

  /// A row as an example; nil where it cannot be used, or is no row of tokens.
  fileprivate func preview(_ row: Int, names: [String]?) throws -> DataPreview.Example? {
    if case .tensors = source { return nil }
    guard let example = try? example(row) else { return nil }
    let tokens = Array(example.tokens.prefix(length))
    var counts: [Bool] = []
    var label: DataPreview.Example.Label?
    switch example.label {
    case .numbers(let numbers):
      let name = numbers.count == 1 ? Int(exactly: numbers[0]).flatMap { names?[at: $0] } : nil
      label = name.map { .name($0) } ?? .numbers(numbers)
    case .tokens(let answer) where labels.haveOwnLength:
      label = .answer(Array(answer.prefix(length)))
    case .tokens(let answer):
      counts = answer.prefix(tokens.count).enumerated().map { place, label in
        place >= labels.firstCounted && label != CrossEntropy.ignoredLabel
      }
    }
    return DataPreview.Example(
      place: place(of: row), tokens: tokens, counts: counts, label: label)
  }

  /// The file of a row, and its line where it has one.
  private func place(of row: Int) -> String {
    guard case .documents(let rows, _) = source else { return "\(path), row \(row + 1)" }
    return rows.place(at: row)
  }
}

extension Array {
  fileprivate subscript(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
