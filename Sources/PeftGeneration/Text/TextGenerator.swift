import CPUCore
public import PeftAdapters
public import PeftBasics
public import PeftTokenizers

/// A prompt as text and as tokens.
public struct TextPrompt: Hashable, Sendable {
  /// Nil where tokens were given.
  public let text: String?
  public let tokens: [Int]

  public init(text: String? = nil, tokens: [Int]) {
    self.text = text
    self.tokens = tokens
  }
}

/// An answer as text and as tokens.
public struct TextAnswer: Hashable, Sendable {
  public let prompt: TextPrompt
  /// Nil where there is no tokenizer.
  public let text: String?
  /// The new tokens, an end token among them.
  public let tokens: [Int]
  public let finishReason: FinishReason?
}

/// Answers texts with a model.
///
///     let texts = try TextGenerator(Model("path/to/checkpoint"), folder: "path/to/checkpoint")
///     let answers = try texts.answers(to: [texts.prompt("Once upon a time")])
public final class TextGenerator {
  public let generator: Generator
  /// Nil where the checkpoint has none, and no other is given: prompts are tokens then.
  public let tokenizer: Tokenizer?
  /// What the user should know of model and tokenizer.
  public let warnings: [String]

  /// - Parameters:
  ///   - model: With its adapters merged, or beside (`Model.answering(with:)`).
  ///   - folder: The model's checkpoint, which may have a tokenizer and a `generation_config.json`.
  ///   - name: A checkpoint's folder, a `tokenizer.json`, or `bytes`; the model's own where nil.
  /// - Throws: `NoGeneration` where the model cannot generate; what is wrong with the tokenizer, or with
  ///   `generation_config.json`.
  public convenience init(
    _ model: Model, folder: String? = nil, tokenizer name: String? = nil
  ) throws {
    try self.init(
      model, folder: folder, tokenizer: name, workspace: Workspace(threads: model.threads))
  }

  /// - Parameter workspace: Threads and memory, shared with others that take turns.
  init(_ model: Model, folder: String?, tokenizer name: String?, workspace: Workspace) throws {
    if let name {
      tokenizer = try Tokenizer(named: name)
    } else if let folder, Tokenizer.isThere(in: folder) {
      tokenizer = try Tokenizer(named: folder)
    } else {
      tokenizer = nil
    }
    generator = try Generator(
      model, defaults: folder.map { try GenerationDefaults(folder: $0) } ?? GenerationDefaults(),
      workspace: workspace)
    warnings = model.warnings + (tokenizer?.warnings ?? [])
  }

  /// A text as a prompt.
  /// - Throws: `NoTokenizer`; `TokenizerError`.
  public func prompt(_ text: String) throws -> TextPrompt {
    try prompt(text, addingSpecialTokens: true)
  }

  func prompt(_ text: String, addingSpecialTokens: Bool) throws -> TextPrompt {
    guard let tokenizer else { throw NoTokenizer() }
    let encoded = try tokenizer.encode(text, addingSpecialTokens: addingSpecialTokens)
    return TextPrompt(text: text, tokens: encoded.tokens.map(\.id))
  }

  /// A piece of an answer's text, as soon as it is known.
  public struct Piece: Hashable, Sendable {
    /// The prompt that it belongs to, counted from 0.
    public let prompt: Int
    /// Empty where a token ends no character.
    public let text: String
    public let token: Int
  }

  /// Answers all prompts at once.
  /// - Parameter watch: Told each token with the text that is known by it; answering ends where it returns false.
  /// - Throws: `GenerationError`; what running the model throws.
  public func answers(
    to prompts: [TextPrompt], settings: GenerationSettings? = nil,
    watch: (Piece) throws -> Bool = { _ in true }
  ) throws -> [TextAnswer] {
    let run = try TextRun(self, prompts, settings)
    while let pieces = try run.next() {
      for piece in pieces where try !watch(piece) { return try run.answers() }
    }
    return try run.answers()
  }
}

/// Answers as text in the making.
final class TextRun {
  private let prompts: [TextPrompt]
  private let run: GenerationRun
  private var texts: TextStreams

  init(_ texts: TextGenerator, _ prompts: [TextPrompt], _ settings: GenerationSettings?) throws {
    let settings = settings ?? texts.generator.defaults.settings
    self.prompts = prompts
    run = try GenerationRun(texts.generator, prompts.map(\.tokens), settings)
    self.texts = TextStreams(count: prompts.count, tokenizer: texts.tokenizer, settings)
  }

  /// The next token of every answer that goes on, with the text that is known by it; nil where none does.
  func next() throws -> [TextGenerator.Piece]? {
    try run.next()?.map { token in
      let text = try texts.append(token)
      if texts.isStopped(token.prompt) { run.finish(token.prompt, .stop) }
      return TextGenerator.Piece(prompt: token.prompt, text: text, token: token.token)
    }
  }

  /// The answers as far as they are.
  func answers() throws -> [TextAnswer] {
    try run.answers.enumerated().map { index, answer in
      TextAnswer(
        prompt: prompts[index], text: try texts.finish(index), tokens: answer.tokens,
        finishReason: answer.finishReason)
    }
  }
}

/// The texts of several answers, where there is a tokenizer.
private struct TextStreams {
  private var streams: [TextStream]
  private var texts: [String]

  init(count: Int, tokenizer: Tokenizer?, _ settings: GenerationSettings) {
    streams =
      tokenizer.map {
        Array(repeating: TextStream($0, stopTexts: settings.stopTexts), count: count)
      } ?? []
    texts = Array(repeating: "", count: streams.count)
  }

  /// - Returns: What is known of its answer's text now.
  mutating func append(_ token: GeneratedToken) throws -> String {
    guard streams.indices.contains(token.prompt) else { return "" }
    var text = try streams[token.prompt].append(token.token)
    if token.finishReason != nil { text += try streams[token.prompt].finish() }
    texts[token.prompt] += text
    return text
  }

  func isStopped(_ prompt: Int) -> Bool {
    streams.indices.contains(prompt) && streams[prompt].isStopped
  }

  /// The whole text of an answer.
  mutating func finish(_ prompt: Int) throws -> String? {
    guard streams.indices.contains(prompt) else { return nil }
    return texts[prompt] + (try streams[prompt].finish())
  }
}

/// A text prompt for a model whose tokens are not known.
public struct NoTokenizer: Diagnosis, Hashable {
  public var words: (problem: String, fix: String?) {
    ("the model has no tokenizer", "give --tokens, or --tokenizer")
  }
}
