import PeftAdapters
import PeftBasics
import PeftReports
import PeftTokenizers

/// Makes examples of the rows of text files, as a run's settings say.
///
/// A prompt and the text after it are encoded one by one: the special tokens that the tokenizer puts
/// before a text, the prompt's tokens, the text's tokens, the special tokens after a text. So the
/// place from which tokens are learnt is exact, whatever the tokenizer would merge across it; and a
/// tokenizer that puts a space before every text puts one between the two.
struct ExampleMaker: Sendable {
  private let tokens: TokenSettings
  private let tokenizer: Tokenizer
  private let task: TrainingTask
  private let text: TextTemplate
  private let prompt: TextTemplate?
  private let target: TextTemplate?
  private let labelName: String

  init(
    _ settings: DataSettings, _ tokens: TokenSettings, for task: TrainingTask
  ) throws(DataError.Reason) {
    guard let tokenizer = tokens.tokenizer else { throw .noTokenizer }
    self.tokens = tokens
    self.tokenizer = tokenizer
    self.task = task
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
    func refuse(_ name: String, where isSet: Bool) throws(DataError.Reason) {
      if isSet { throw .settingForOtherTask(name, task: task.name) }
    }
    try refuse("prompt", where: prompt != nil && task != .causalTokens)
    try refuse("packed", where: settings.packed && task != .causalTokens)
    try refuse("target", where: target != nil && task != .tokens)
    try refuse("label", where: settings.label != nil && !task.hasRowLabels)
    if task == .tokens, target == nil { throw .noTarget }
  }

  /// Finds what is wrong with a row as far as that takes no tokenizer.
  func check(_ record: DataRecord) throws(DataError.Reason) {
    for template in [prompt, text, target] { _ = try template?.text(of: record) }
    if task.hasRowLabels { _ = try label(of: record) }
  }

  /// - Throws: `DataError.Reason`, `TokenizerError`.
  func example(_ record: DataRecord) throws -> Example {
    let encoded = try tokenizer.encode(text.text(of: record)).tokens
    var example: Example
    switch task {
    case .causalTokens:
      example = try causalExample(encoded, after: prompt?.text(of: record))
    case .tokens:
      let answer = try tokenizer.encode(target?.text(of: record) ?? "").ids
      example = Example(encoded, label: .answer(ended(answer)))
    default:
      example = Example(encoded, label: try label(of: record))
    }
    if let size = tokens.vocabularySize {
      try check(example.tokens, size)
      if case .answer(let answer) = example.label { try check(answer, size) }
    }
    return example
  }

  private func causalExample(
    _ encoded: [Encoding.Token], after prompt: String?
  ) throws -> Example {
    var all = encoded
    var given = 0
    if let prompt {
      let start = encoded.firstIndex { !$0.isInserted } ?? encoded.count
      let promptTokens = try tokenizer.encode(prompt).tokens.filter { !$0.isInserted }
      all.insert(contentsOf: promptTokens, at: start)
      given = start + promptTokens.count
    }
    var example = Example(all, label: .tokens([]))
    example.tokens = ended(example.tokens)
    let learnt = example.tokens[given...]
    example.label = .tokens(
      Array(repeating: TrainingTask.ignoredLabel, count: given) + learnt)
    return example
  }

  private func ended(_ ids: [Int]) -> [Int] {
    guard let end = tokens.endOfText, ids.last != end else { return ids }
    return ids + [end]
  }

  private func check(_ ids: [Int], _ size: Int) throws(DataError.Reason) {
    if let token = ids.first(where: { !(0..<size ~= $0) }) {
      throw .tokenOutOfRange(place: "a token of the text", token: token, vocabulary: size)
    }
  }

  // MARK: Labels

  private func label(of record: DataRecord) throws(DataError.Reason) -> Example.Label {
    guard let value = record.value(labelName) else {
      throw .noLabel(field: labelName, known: record.names)
    }
    let numbers = try numbers(value)
    guard numbers.count == task.labelCount else {
      throw .wrongLabelCount(
        field: labelName, found: numbers.count, expected: task.labelCount)
    }
    for (number, text) in numbers {
      try task.check(number, text: text, place: "the label '\(labelName)'")
    }
    if case .classes = task { return .singleClass(Int(numbers[0].number)) }
    return .numbers(numbers.map { Float($0.number) })
  }

  /// A number, a list of them, or a text with numbers between commas or blanks.
  private func numbers(
    _ value: JSONTree
  ) throws(DataError.Reason) -> [(number: Double, text: String)] {
    switch value {
    case .list(let values):
      var numbers: [(number: Double, text: String)] = []
      for value in values {
        guard let text = value.text else {
          throw .labelNotNumber(field: labelName, found: value.kind)
        }
        numbers.append((try number(text), text))
      }
      return numbers
    case .text(let text):
      let words = text.split { $0 == "," || $0 == " " || $0 == ";" }.map(String.init)
      guard !words.isEmpty else { throw .labelNotNumber(field: labelName, found: "empty") }
      var numbers: [(number: Double, text: String)] = []
      for word in words { numbers.append((try number(word), word)) }
      return numbers
    case .number(let text): return [(try number(text), text)]
    case .truth(let isTrue): return [(isTrue ? 1 : 0, isTrue ? "true" : "false")]
    case .null, .object: throw .labelNotNumber(field: labelName, found: value.kind)
    }
  }

  private func number(_ text: String) throws(DataError.Reason) -> Double {
    if text == "true" { return 1 }
    if text == "false" { return 0 }
    guard let number = Double(text), Float(number).isFinite else {
      throw .labelNotNumber(field: labelName, found: "'\(text)'")
    }
    return number
  }
}

extension Example {
  fileprivate init(_ encoded: [Encoding.Token], label: Label) {
    tokens = encoded.map(\.id)
    segments = encoded.map(\.typeID)
    self.label = label
  }
}
