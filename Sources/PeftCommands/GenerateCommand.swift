import ArgumentParser
import Peft
import PeftBasics
import PeftReports

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Generate text with a language model and any adapters.",
    discussion: """
      A prompt is a text, tokens, a row of a file, or a line of standard input. Adapters are summed into \
      the weights once, so that they cost no time. The most likely tokens are taken, unless the \
      checkpoint's generation_config.json or an option says that tokens are drawn. Speed is told on \
      standard error.

      EXAMPLES
        peft generate my-checkpoint --adapter my-adapter --prompt 'Once upon a time'
        peft generate my-checkpoint --prompt 'The sea' --temperature 0.8 --top-p 0.95 --seed 7
        peft generate my-checkpoint --tokens 5,17,3 --max-new-tokens 20
        peft generate my-checkpoint --file prompts.jsonl --format json
        peft generate my-checkpoint --compare base,adapters/a,adapters/b --prompt 'The sea'
        peft generate my-t5 --prompt 'translate English to German: The house is small.' --beams 4
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    name: .customLong("prompt"),
    help: ArgumentHelp("A text to continue; repeat it for several.", valueName: "text"))
  var prompts: [String] = []

  @Option(
    name: .customLong("tokens"),
    help: ArgumentHelp(
      "Tokens to continue, with commas between; repeat it for several.", valueName: "tokens"))
  var tokens: [String] = []

  @Option(
    help: ArgumentHelp(
      "Rows with prompts: the field prompt, or text; of a .txt file the lines.", valueName: "file"))
  var file: String?

  @Option(help: "The tokenizer: a checkpoint's folder, a tokenizer.json, or bytes.")
  var tokenizer: String?

  @OptionGroup var weights: WeightOptions
  @OptionGroup var adapters: AdapterOptionGroup
  @OptionGroup var numbers: PrecisionOption
  @OptionGroup var generation: GenerationOptions

  @Option(
    help: ArgumentHelp(
      "Answers side by side: base, and adapters' folders, with commas between.",
      valueName: "adapters"))
  var compare: String?

  @Option(
    name: .customLong("batch-size"),
    help: ArgumentHelp("Prompts that are answered at a time.", valueName: "prompts"))
  var batchSize = 8

  @Option(
    help: ArgumentHelp("Output format: text, json or jsonl.", valueName: "format"),
    transform: { try choice($0) })
  var format = AnswerFormat.text

  func validate() throws {
    guard [!prompts.isEmpty, !tokens.isEmpty, file != nil].count(where: \.self) <= 1 else {
      throw ValidationError("Give either --prompt, --tokens or --file.")
    }
    guard compare == nil || adapters.paths.isEmpty else {
      throw ValidationError("Give adapters either to --compare or to --adapter.")
    }
    guard batchSize >= 1 else { throw ValidationError("--batch-size takes a number from 1 on.") }
    _ = try givenTokens()
  }

  func run() throws {
    if let compare { return try run(comparing: compare) }
    let folders = try adapters.folders(of: model.description(), model.settings.known)
    let task = try TaskModel(
      TaskModel.Source(model, weights, adapters.reading, precision: numbers.precision),
      adapters: folders)
    let texts = try TextGenerator(task, tokenizer: tokenizer)
    Terminal.warn(task.warnings(of: texts))
    Terminal.note(reading: task.adapters)
    let prompts = try prompts(in: input(), for: texts)
    let settings = generation.settings(texts.generator.defaults.settings)
    var writer = AnswerWriter(format, isAlone: prompts.count == 1)
    var speed = GenerationSpeed()
    for start in stride(from: 0, to: prompts.count, by: batchSize) {
      let batch = Array(prompts[start..<min(prompts.count, start + batchSize)])
      speed.begin(tokens: batch.reduce(0) { $0 + $1.tokens.count })
      // What is shown piece by piece belongs to one answer.
      let isStreamed = format == .text && prompts.count == 1
      let answers = try texts.answers(to: batch, settings: settings) { piece in
        speed.count()
        if isStreamed { try writer.write(piece: piece.text) }
        return true
      }
      for answer in answers { try writer.write(answer, isStreamed: isStreamed) }
    }
    try writer.finish()
    if let line = speed.line { Terminal.note(line) }
  }

  /// Prints the answers of the base and of adapters side by side.
  private func run(comparing list: String) throws {
    let source = try TaskModel.Source(
      model, weights, adapters.reading, precision: numbers.precision)
    let names = list.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.trimmingBlanks)
    }
    let input = try input()
    var models: [(name: String, answers: [TextAnswer])] = []
    var known: [String] = []
    for name in names {
      let folders =
        try name == TaskModel.baseName ? [] : [AdapterFolder(name, registry: Known.tuners)]
      let task = try TaskModel(source, adapters: folders)
      let texts = try TextGenerator(task, tokenizer: tokenizer)
      let warnings = task.warnings(of: texts)
      Terminal.warn(warnings.filter { !known.contains($0) })
      known += warnings
      Terminal.note(reading: task.adapters)
      Terminal.status("\(name) answers")
      models.append((name, try answers(to: prompts(in: input, for: texts), of: texts)))
    }
    Terminal.status("")
    let comparison = AnswerComparison(models)
    switch format {
    case .text: try Terminal.write(data: comparison.columns(width: Terminal.width ?? 100))
    case .json: try Terminal.write(data: comparison.json.report)
    case .jsonl:
      guard case .list(let prompts) = comparison.json else { return }
      try Terminal.write(data: prompts.map { $0.text(.line) + "\n" }.joined())
    }
  }

  private func answers(
    to prompts: [TextPrompt], of texts: TextGenerator
  ) throws -> [TextAnswer] {
    let settings = generation.settings(texts.generator.defaults.settings)
    return try stride(from: 0, to: prompts.count, by: batchSize).flatMap { start in
      try texts.answers(
        to: Array(prompts[start..<min(prompts.count, start + batchSize)]), settings: settings)
    }
  }

  private func givenTokens() throws -> [[Int]] {
    try tokens.map { text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
        guard let token = Int(word.trimmingBlanks), token >= 0 else {
          throw ValidationError("--tokens takes numbers with commas between: 5,17,3.")
        }
        return token
      }
    }
  }

  /// The rows of a file or of standard input; nil where the command line has the prompts.
  private func input() throws -> RowInput? {
    guard tokens.isEmpty, prompts.isEmpty else { return nil }
    if let file { return .files([file]) }
    return .lines(try Terminal.standardInputFile(), called: "standard input")
  }

  private func prompts(in input: RowInput?, for texts: TextGenerator) throws -> [TextPrompt] {
    if !tokens.isEmpty { return try givenTokens().map { TextPrompt(tokens: $0) } }
    guard let input else { return try prompts.map { try texts.prompt($0) } }
    return try texts.prompts(in: input, formats: Known.catalog.formats)
  }
}

/// How fast tokens come.
private struct GenerationSpeed {
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant?
  private var seconds = 0.0
  private var firstSeconds: Double?
  private var tokens = 0

  mutating func begin(tokens: Int) { start = clock.now }

  mutating func count() {
    tokens += 1
    guard let start else { return }
    if firstSeconds == nil { firstSeconds = (clock.now - start).inSeconds }
    seconds = (clock.now - start).inSeconds
  }

  /// Nil where there were none.
  var line: String? {
    guard let firstSeconds, tokens > 0 else { return nil }
    let rate = seconds > 0 ? Double(tokens) / seconds : 0
    return
      "\(tokens.counted("token")) in \(seconds.fixed(2)) s: \(rate.fixed(1)) tokens/s, the first after "
      + "\(firstSeconds.fixed(2)) s"
  }
}
