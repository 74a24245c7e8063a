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
  /// What messages call the objective.
  private let task: String
  private let text: TextTemplate?
  private let prompt: TextTemplate?
  private let target: TextTemplate?
  /// The field that holds a row's label.
  let labelName: String
  /// The first row: others name their labels where it does.
  var firstRecord: DataRecord?

  init(
    _ settings: DataSettings, _ tokens: TokenSettings, for objective: any Objective
  ) throws(DataError.Reason) {
    guard let tokenizer = tokens.tokenizer else { throw .noTokenizer }
    self.tokens = tokens
    self.tokenizer = tokenizer
    labels = objective.labels
    text = try settings.text.map { source throws(DataError.Reason) in try TextTemplate(source) }
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
    task = objective.name
  }

  /// Finds what is wrong with a row without using the tokenizer.
  func check(_ record: DataRecord) throws(DataError.Reason) {
    _ = try texts(of: record)
    try labels.check(record, self)
  }

  /// Whether it takes a tokenizer to tell that labels of a row count: a prompt may fill the sequence, or
  /// a text may be too short to learn from.
  func mayBeLeftOut(_ record: DataRecord, length: Int) throws(DataError.Reason) -> Bool {
    let longestMark = 64
    let texts = try texts(of: record)
    let answer = try target?.text(of: record) ?? texts.text
    return (texts.prompt ?? "").utf8.count + longestMark >= length
      || answer.utf8.count <= longestMark / 4
  }

  /// The texts of a row: by the templates that are given, else by the names of its fields, of which `text` comes
  /// first.
  func texts(of record: DataRecord) throws(DataError.Reason) -> RowTexts {
    if text == nil, prompt == nil, target == nil, record.value("text") == nil,
      let usual = try RowTexts(usualFieldsOf: record)
    {
      return usual
    }
    return RowTexts(
      prompt: try prompt?.text(of: record),
      text: try (text ?? TextTemplate(field: "text")).text(of: record))
  }

  /// What is given and what is answered, where a row has both.
  func answer(of record: DataRecord) throws(DataError.Reason) -> (given: String, answer: String) {
    let texts = try texts(of: record)
    if let target { return (texts.text, try target.text(of: record)) }
    guard let prompt = texts.prompt else { throw .noTarget(task: task) }
    return (prompt, texts.text)
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

  /// The tokens of a text.
  func encoded(_ text: String) throws -> [Encoding.Token] { try tokenizer.encode(text).tokens }

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
