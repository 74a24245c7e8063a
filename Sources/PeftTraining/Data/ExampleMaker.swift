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
  let firstRecord: DataRecord?
  /// Nil where the first row is no conversation.
  let chat: ChatRows?
  let trainOn: TrainOn

  /// - Parameter firstRecord: The first row; nil where it cannot be read.
  /// - Throws: `DataError.Reason`; what is wrong with the chat template.
  init(
    _ settings: DataSettings, _ tokens: TokenSettings, for objective: any Objective,
    firstRecord: DataRecord?
  ) throws {
    guard let tokenizer = tokens.tokenizer else { throw DataError.Reason.noTokenizer }
    self.tokens = tokens
    self.tokenizer = tokenizer
    labels = objective.labels
    text = try settings.text.map { try TextTemplate($0) }
    prompt = try settings.prompt.map { try TextTemplate($0) }
    target = try settings.target.map { try TextTemplate($0) }
    labelName = settings.label ?? "label"
    self.firstRecord = firstRecord
    trainOn = settings.trainOn
    let hasTemplates = [settings.text, settings.prompt, settings.target] != [nil, nil, nil]
    let isChat = try !hasTemplates && firstRecord.flatMap { try Conversation($0) } != nil
    chat = isChat ? try ChatRows(settings, tokenizer: tokens.folder) : nil
    let given = [
      ("prompt", prompt != nil), ("packed", settings.packed), ("target", target != nil),
      ("label", settings.label != nil),
    ]
    for (name, isGiven) in given where isGiven && !labels.settings.contains(name) {
      throw DataError.Reason.settingForOtherTask(name, task: objective.name)
    }
    task = objective.name
  }

  /// Makes examples of these rows.
  /// - Throws: `DataError` where the settings are not for such rows; what is wrong with the chat template.
  init(
    of rows: TextRows, _ settings: DataSettings, _ tokens: TokenSettings,
    for objective: any Objective
  ) throws {
    do {
      // What is wrong with the first row is said where rows are checked.
      try self.init(settings, tokens, for: objective, firstRecord: try? rows.record(0))
    } catch let reason as DataError.Reason {
      throw reason.isOfConversation ? rows.error(reason, at: 0) : DataError(reason, path: rows.path)
    }
  }

  /// Finds what is wrong with a row without using the tokenizer.
  func check(_ record: DataRecord) throws(DataError.Reason) {
    // A template takes its time: rows are rendered when they are needed.
    if chat != nil { _ = try conversation(record) } else { _ = try texts(of: record) }
    try labels.check(record, self)
  }

  /// Whether it takes a tokenizer to tell that labels of a row count: a prompt may fill the sequence, or
  /// a text may be too short to learn from.
  func mayBeLeftOut(_ record: DataRecord, length: Int) throws(DataError.Reason) -> Bool {
    let longestMark = 64
    if let text = try chatText(of: record) {
      guard let first = text.counted.first else { return true }
      return first.lowerBound + longestMark >= length || first.count <= longestMark / 4
    }
    let texts = try texts(of: record)
    let answer = try target?.text(of: record) ?? texts.text
    return (texts.prompt ?? "").utf8.count + longestMark >= length
      || answer.utf8.count <= longestMark / 4
  }

  /// The texts of a row: by the templates that are given, else by the names of its fields, of which `text` comes
  /// first.
  func texts(of record: DataRecord) throws(DataError.Reason) -> RowTexts {
    if let chat = try chatText(of: record) { return RowTexts(text: chat.text) }
    if text == nil, prompt == nil, target == nil, record.value("text") == nil,
      let usual = try RowTexts(usualFieldsOf: record)
    {
      return usual
    }
    return RowTexts(
      prompt: try prompt?.text(of: record),
      text: try (text ?? TextTemplate(field: "text")).text(of: record))
  }

  /// The text of a row that is a conversation; nil where rows are none.
  func chatText(of record: DataRecord) throws(DataError.Reason) -> ChatRows.Text? {
    guard let chat else { return nil }
    return try chat.text(of: conversation(record))
  }

  /// Where the first row is a conversation, all are.
  private func conversation(_ record: DataRecord) throws(DataError.Reason) -> Conversation {
    guard let conversation = try Conversation(record) else {
      throw .noField("messages", known: record.names)
    }
    return conversation
  }

  /// What is given and what is answered, where a row has both.
  func answer(of record: DataRecord) throws(DataError.Reason) -> (given: String, answer: String) {
    guard chat == nil else { throw .conversationForOtherTask(task: task) }
    let texts = try texts(of: record)
    if let target { return (texts.text, try target.text(of: record)) }
    guard let prompt = texts.prompt else { throw .noTarget(task: task) }
    return (prompt, texts.text)
  }

  /// The class of a row as the row has it; nil where rows have none.
  func classLabel(of record: DataRecord) throws(DataError.Reason) -> String? {
    try labels.classLabel(of: record, self)
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

  /// A row whose text is read as a whole: where it is cut, the special tokens at its end stay, as with
  /// transformers.
  func wholeText(of record: DataRecord, label: Example.Label) throws -> Example {
    let encoded = try encoded(texts(of: record).whole)
    var example = Example(encoded, label: label)
    example.endCount = encoded.endCount
    return example
  }

  /// The tokens of a text. Those of a conversation have no special tokens around them: the template writes them.
  func encoded(_ text: String) throws -> [Encoding.Token] {
    let tokens = try tokenizer.encode(text).tokens
    return chat == nil ? tokens : tokens.filter { !$0.isInserted }
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
  /// Bytes of the text that each token of the label stands for; empty where that is not known.
  var byteCounts: [Int] = []
  /// Special tokens at the end that stay where a row is cut.
  var endCount = 0
}

extension [Encoding.Token] {
  /// The bytes of the text that each token stands for: those after the token before it, so that all together
  /// are the text up to its last token. Special tokens stand for none.
  var byteCounts: [Int] {
    var end = 0
    return map { token in
      guard !token.isInserted else { return 0 }
      defer { end = Swift.max(end, token.range.upperBound) }
      return Swift.max(0, token.range.upperBound - end)
    }
  }

  /// The special tokens after the text.
  var endCount: Int { reversed().prefix { $0.isInserted }.count }
}
