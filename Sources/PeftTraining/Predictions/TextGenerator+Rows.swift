public import PeftGeneration

extension TextGenerator {
  /// A task's model, with the adapters that the task has.
  /// - Parameter name: A checkpoint's folder, a `tokenizer.json`, or `bytes`; the model's own where nil.
  /// - Throws: As `init(_:folder:tokenizer:)`, and where the adapters cannot be merged.
  public convenience init(_ task: TaskModel, tokenizer name: String? = nil) throws {
    try self.init(
      task.base.answering(with: task.adapters), folder: task.description.checkpointFolder,
      tokenizer: name)
  }

  /// The prompts of rows: their field `prompt`, or `text`.
  /// - Throws: `NoTokenizer`; `DataError` with the line of a row that has none.
  public func prompts(
    in input: RowInput, formats: DataFormats = .standard
  ) throws -> [TextPrompt] {
    guard case .texts(let rows) = try OpenedRows(input, inputs: [], formats: formats) else {
      throw DataError(.noRowsToPredict(takes: formats.endings(of: [.texts])), path: "prompts")
    }
    return try (0..<rows.count).map { row in
      do throws(DataError.Reason) {
        let record = try rows.record(row)
        return try record.text(of: record.value("prompt") == nil ? "text" : "prompt")
      } catch {
        throw rows.error(error, at: row)
      }
    }.map(prompt)
  }
}

extension TaskModel {
  /// What the user should know of model, adapters and tokenizer, each thing once.
  public func warnings(of texts: TextGenerator) -> [String] {
    let own = model.warnings
    return own + texts.warnings.filter { !own.contains($0) }
  }
}
