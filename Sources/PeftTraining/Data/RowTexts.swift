import PeftAdapters
import PeftBasics

/// The texts of a row: what is answered, and the answer or the text itself.
struct RowTexts: Hashable, Sendable {
  /// What comes before the text and is masked from the loss; nil where there is nothing.
  var prompt: String?
  var text: String

  /// Both, one after the other.
  var whole: String { (prompt ?? "") + text }
}

extension RowTexts {
  /// The texts of a row whose fields have the names of the usual kinds of fine-tuning sets; nil where they have
  /// not: `prompt` and `completion`, or `instruction`, `input` and `output` as Alpaca's rows have them.
  init?(usualFieldsOf record: DataRecord) throws(DataError.Reason) {
    if record.value("prompt") != nil, record.value("completion") != nil {
      self.init(
        prompt: try record.text(of: "prompt"), text: try record.text(of: "completion"))
    } else if record.value("instruction") != nil, record.value("output") != nil {
      self.init(
        prompt: try Self.alpacaPrompt(
          instruction: record.text(of: "instruction"),
          input: record.value("input").map { $0 == .null } ?? true ? "" : record.text(of: "input")),
        text: try record.text(of: "output"))
    } else {
      return nil
    }
  }

  /// The prompt that the rows of Stanford's Alpaca were made for.
  /// - SeeAlso: Taori et al., "Stanford Alpaca: an instruction-following LLaMA model", 2023.
  private static func alpacaPrompt(instruction: String, input: String) -> String {
    let task = "Below is an instruction that describes a task"
    let answer = "Write a response that appropriately completes the request."
    return input.isEmpty
      ? "\(task). \(answer)\n\n### Instruction:\n\(instruction)\n\n### Response:\n"
      : "\(task), paired with an input that provides further context. \(answer)\n\n"
        + "### Instruction:\n\(instruction)\n\n### Input:\n\(input)\n\n### Response:\n"
  }
}

extension DataRecord {
  /// A field as text.
  /// - Throws: `DataError.Reason.noField`, `.notText`, `.isObject`.
  func text(of field: String) throws(DataError.Reason) -> String {
    guard let value = value(field) else { throw .noField(field, known: names) }
    if case .map = value { throw .isObject(field: field) }
    guard let text = value.word else { throw .notText(field: field, found: value.kind) }
    return text
  }
}
