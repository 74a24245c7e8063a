import ModelGraph
import PeftTokenizers

/// Makes examples of the rows of text files, as a run's settings say.
///
/// A prompt and the text after it are encoded one by one: the special tokens that the tokenizer puts
/// before a text, the prompt's tokens, the text's tokens, the special tokens after a text. So the
/// place from which tokens count for the loss is exact, whatever the tokenizer would merge across it; and a
/// tokenizer that puts a space before every text puts one between the two.
struct ExampleMaker: Sendable {
  private let tokens: TokenSettings
  private let tokenizer: Tokenizer
  private let labels: any Labels
  let text: TextTemplate
  let prompt: TextTemplate?
  let target: TextTemplate?
  /// The field that holds a row's label.
  let labelName: String

  init(
    _ settings: DataSettings, _ tokens: TokenSettings, for objective: any Objective
  ) throws(DataError.Reason) {
    guard let tokenizer = tokens.tokenizer else { throw .noTokenizer }
    self.tokens = tokens
    self.tokenizer = tokenizer
    labels = objective.labels
    text =
      try settings.text.map { source throws(DataError.Reason) in try TextTemplate(source) }
      ?? TextTemplate(field: "text")
    prompt = try settings.prompt.map { source throws(DataError.Reason) in
      try TextTemplate(source)
    }
    target = try settings.target.map { source throws(DataError.Reason) in
      try TextTemplate(source)
    }
    labelName = settings.label ?? "label"
    let given = [
      ("prompt", prompt != nil), ("packed", settings.packed), ("target", target != nil),
      ("label", settings.label != nil),
    ]
    for (name, isGiven) in given where isGiven && !labels.settings.contains(name) {
      throw .settingForOtherTask(name, task: objective.name)
    }
    try labels.check(settings, for: objective.name)
  }

  /// Finds what is wrong with a row without using the tokenizer.
  func check(_ record: DataRecord) throws(DataError.Reason) {
    for template in [prompt, text, target] { _ = try template?.text(of: record) }
    try labels.check(record, self)
  }

  /// Whether it takes a tokenizer to tell that labels of a row count: a prompt may fill the sequence, or
  /// a text may be too short to learn from.
  func mayBeLeftOut(_ record: DataRecord, length: Int) throws(DataError.Reason) -> Bool {
    let longestMark = 64
    let prompt = try self.prompt?.text(of: record).utf8.count ?? 0
    let answer = try (target ?? text).text(of: record).utf8.count
    return prompt + longestMark >= length || answer <= longestMark / 4
  }

  /// - Throws: `DataError.Reason`, `TokenizerError`.
  func example(_ record: DataRecord) throws -> Example {
    let example = try labels.example(record, self)
    if let size = tokens.vocabularySize {
      try check(example.tokens, size)
      try check(example.label.tokens.filter { $0 != CrossEntropy.ignoredLabel }, size)
    }
    return example
  }

  private func check(_ ids: [Int], _ size: Int) throws(DataError.Reason) {
    if let token = ids.first(where: { !(0..<size ~= $0) }) {
      throw .tokenOutOfRange(place: "a token of the text", token: token, vocabulary: size)
    }
  }

  /// The tokens of what a template makes of a row.
  func encoded(_ template: TextTemplate, _ record: DataRecord) throws -> [Encoding.Token] {
    try tokenizer.encode(template.text(of: record)).tokens
  }

  /// The same tokens with the end-of-text token.
  func ended(_ ids: [Int]) -> [Int] {
    guard let end = tokens.endOfText, ids.last != end else { return ids }
    return ids + [end]
  }
}

extension Example {
  init(_ encoded: [Encoding.Token], label: Label) {
    tokens = encoded.map(\.id)
    segments = encoded.map(\.typeID)
    self.label = label
  }
}

/// A row as tokens and label.
struct Example: Sendable {
  enum Label: Hashable, Sendable {
    /// One for each position.
    case tokens([Int])
    /// Those of the whole row.
    case numbers([Double])

    var tokens: [Int] { if case .tokens(let tokens) = self { tokens } else { [] } }
    var numbers: [Double] { if case .numbers(let numbers) = self { numbers } else { [] } }
  }

  var tokens: [Int]
  /// The segments of the tokens, where there are any.
  var segments: [Int]
  var label: Label
}
