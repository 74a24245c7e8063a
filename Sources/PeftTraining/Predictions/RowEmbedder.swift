import ModelGraph
import PeftAdapters
public import PeftBasics

/// Gives rows of text vectors with an encoder: those of its tokens, made to one.
///
///     var settings = try SentenceSettings(folder: "my-checkpoint")
///     let embedder = try RowEmbedder(task, of: .texts(["fixed a crash"]), settings: settings)
///     try embedder.run { row in print(row.vector) }
public final class RowEmbedder {
  /// A row with its vector.
  public struct Row: Sendable {
    /// Its number, counted from 0.
    public let number: Int
    /// Its fields; none where it is tensors.
    public let record: DataRecord
    public let vector: [Float]
  }

  /// What the user should know about the rows.
  public let warnings: [String]
  /// Numbers of a vector.
  public let width: Int
  private let rows: OrderedRows
  private let settings: SentenceSettings

  private static let output = "last_hidden_state"

  /// Opens the rows, and looks at the first of them.
  /// - Parameters:
  ///   - name: What messages call the model.
  ///   - data: Templates and tokenizer; its files are not used.
  ///   - sequenceLength: Tokens of a row; the settings', or the tokenizer's, where nil.
  ///   - formats: What the names of files can say.
  /// - Throws: `NoVectors` where the model gives no states of tokens; what is wrong with the rows.
  public init(
    _ task: TaskModel, called name: String = "the model", of input: RowInput,
    settings: SentenceSettings, data: DataSettings = DataSettings(train: []), batchSize: Int = 8,
    sequenceLength: Int? = nil, formats: DataFormats = .standard
  ) throws {
    let graph = task.model.graph
    guard let states = graph.outputs.first(where: { $0.name == Self.output }),
      let width = graph[states.value].type.shape.dimensions.last?.size
    else { throw NoVectors(outputs: graph.outputs.map(\.name)) }
    var data = data
    if !settings.prompt.isEmpty, data.prompt == nil {
      data.prompt = TextTemplate.escaped(settings.prompt)
    }
    let opened = try TaskRows(
      task, called: name, of: input, data, sequenceLength: sequenceLength,
      usualLength: { settings.sequenceLength ?? $0.tokenizer?.longestText },
      vocabularySize: nil, formats: formats)
    self.width = width
    self.settings = settings
    rows = OrderedRows(
      rows: opened.rows, model: BatchedModel(task.model, outputs: [Self.output]),
      output: Self.output, batchSize: batchSize)
    warnings = opened.rows.areTexts ? opened.tokens.warnings(isPacked: false) : []
  }

  /// Rows that get a vector.
  public var rowCount: Int { rows.rows.count }

  /// Gives all rows their vectors.
  /// - Parameter take: Given one after another, in their order.
  /// - Throws: `DataError`, `TokenizerError`, with the line of the row that cannot be used; `ProgramError` and
  ///   `RunError` where rows do not fit the model; what `take` throws.
  public func run(_ take: (Row) throws -> Void) throws {
    let (settings, width) = (settings, width)
    try rows.run(
      make: { states, tokens in
        // Images have no tokens: every patch counts.
        let count = tokens.isEmpty ? states.count / width : tokens.count
        return settings.vector(of: states, width: width, count: count)
      },
      take: { number, record, vector in
        try take(Row(number: number, record: record, vector: vector))
      })
  }

  /// Writes all rows as a list of objects with their fields and their vectors.
  /// - Parameters:
  ///   - watch: Told after each row how many there have been.
  ///   - write: Given pieces of the text.
  /// - Throws: As `run`; `DataError` where a row has a field `vector`.
  package func writeJSON(
    watch: (Int) -> Void = { _ in }, to write: (String) throws -> Void
  ) throws {
    let name = "vector"
    var separator = "[\n"
    try run { row in
      var record = row.record.fields.isEmpty ? ["row": .integer(row.number)] : row.record.fields
      guard record[name] == nil else { throw rows.rows.error(.fieldTaken(name), at: row.number) }
      record[name] = .list(row.vector.map(\.shortest))
      try write(separator + JSONValue.map(record).text(.compact))
      separator = ",\n"
      watch(row.number + 1)
    }
    try write("\n]\n")
  }
}

/// A model that gives no states of its tokens.
public struct NoVectors: Diagnosis, Hashable {
  /// The names of its outputs.
  public let outputs: [String]

  public var words: (problem: String, fix: String?) {
    (
      "the model has no output last_hidden_state, but \(outputs.listed(upTo: 5))",
      "give an encoder without a head: config.json has BertModel or the like in 'architectures'"
    )
  }
}
