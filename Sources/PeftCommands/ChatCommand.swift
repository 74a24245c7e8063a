import ArgumentParser
import Peft
import PeftBasics
import PeftPlatform

struct ChatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Talk to a chat model in the terminal.",
    discussion: """
      The conversation goes through the model's own chat template. One adapter is in use at a time, the \
      first that is given; /adapter changes to another one. Ctrl-C stops an answer, Ctrl-D ends.

        /reset           forget what was said
        /adapter NAME    use another adapter, or base for none
        /save FILE       write the conversation as a row of training data
        /quit            end

      EXAMPLES
        peft chat my-chat-model --adapter my-adapter
        peft chat my-chat-model --system 'Answer in one sentence.' --temperature 0.7
        echo 'What is LoRA?' | peft chat my-chat-model
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var adapters: AdapterOptionGroup
  @OptionGroup var numbers: PrecisionOption
  @OptionGroup var generation: GenerationOptions

  @Option(help: ArgumentHelp("What the model is told first.", valueName: "text"))
  var system: String?

  @Option(
    help: ArgumentHelp(
      "Chat template: a .jinja file, or the template itself.", valueName: "template"))
  var chatTemplate: String?

  @Option(help: "The tokenizer: a checkpoint's folder or a tokenizer.json.")
  var tokenizer: String?

  func run() throws {
    let folders = try adapters.folders(of: model.description(), model.settings.known)
    let models = ChatModels(
      source: try TaskModel.Source(model, weights, adapters.reading, precision: numbers.precision),
      folders: folders, tokenizer: tokenizer)
    let first = try models.generator(folders.first)
    Terminal.warn(first.warnings)
    var chat = try ChatSession(
      first.texts, folder: tokenizer ?? first.folder ?? ".", template: chatTemplate, system: system)
    let settings = generation.settings(first.texts.generator.defaults.settings)
    var console = ChatConsole(
      models: models, adapter: models.adapterNames.first ?? TaskModel.baseName)
    console.greet()
    while !console.isAtEnd, let line = console.line() {
      guard console.takes(line, &chat) else { continue }
      do { try console.answer(line, &chat, settings) } catch let error as any Diagnosis {
        // What was said too much, or what the template refuses, does not end the conversation.
        guard Terminal.isShown else { throw error }
        Terminal.show(error)
      }
    }
  }
}

/// The model with one of several adapters.
private struct ChatModels {
  let source: TaskModel.Source
  let folders: [AdapterFolder]
  let tokenizer: String?

  /// Those of the adapters, in their order.
  let adapterNames: [String]

  init(source: TaskModel.Source, folders: [AdapterFolder], tokenizer: String?) {
    (self.source, self.folders, self.tokenizer) = (source, folders, tokenizer)
    adapterNames = TaskModel.names(of: folders.map(\.path))
  }

  var names: [String] { [TaskModel.baseName] + adapterNames }

  /// The adapter of that name; nil for the base.
  func folder(_ name: String) -> AdapterFolder? {
    adapterNames.firstIndex(of: name).map { folders[$0] }
  }

  func generator(
    _ folder: AdapterFolder?
  ) throws -> (texts: TextGenerator, warnings: [String], folder: String?) {
    let task = try TaskModel(source, adapters: [folder].compactMap { $0 })
    let texts = try TextGenerator(task, tokenizer: tokenizer)
    return (texts, task.warnings(of: texts), task.description.checkpointFolder)
  }
}

/// A conversation in the terminal, or with lines of standard input.
private struct ChatConsole {
  let models: ChatModels
  private(set) var adapter: String
  private(set) var isAtEnd = false
  private let isTerminal = isatty(STDIN_FILENO) == 1

  init(models: ChatModels, adapter: String) {
    self.models = models
    self.adapter = adapter
    AnswerInterrupt.install()
  }

  func greet() {
    guard isTerminal else { return }
    let others = models.names.count > 1 ? "; adapters: \(models.names.joined(separator: ", "))" : ""
    Terminal.note("\(adapter) answers\(others). /help tells what else there is, Ctrl-D ends.")
  }

  /// The next line; nil at the end.
  func line() -> String? {
    while true {
      if isTerminal { Terminal.prompt("> ") }
      guard let line = readLine() else {
        if isTerminal { Terminal.note("") }
        return nil
      }
      if !Substring(line).trimmingBlanks.isEmpty { return line }
    }
  }

  /// Does what a command says.
  /// - Returns: Whether the line is none, and is to be answered.
  mutating func takes(_ line: String, _ chat: inout ChatSession) -> Bool {
    guard line.hasPrefix("/") else { return true }
    let words = line.split(separator: " ", maxSplits: 1).map { String($0.trimmingBlanks) }
    do {
      switch (words[0], words.dropFirst().first) {
      case ("/reset", nil): chat.reset()
      case ("/adapter", let name?): try use(name, &chat)
      case ("/adapter", nil):
        Terminal.note("\(adapter) answers; there are \(models.names.joined(separator: ", "))")
      case ("/save", let path?):
        let row = JSONValue.map(["messages": .list(chat.messages)]).text(.line) + "\n"
        try FileWriter.write(row, to: path)
        Terminal.note("wrote \(path): \(chat.messages.count.counted("message"))")
      case ("/quit", nil): isAtEnd = true
      default:
        Terminal.note(
          "/reset forgets what was said, /adapter NAME uses another adapter, /save FILE writes the "
            + "conversation, /quit ends")
      }
    } catch {
      Terminal.show(error)
    }
    return false
  }

  private mutating func use(_ name: String, _ chat: inout ChatSession) throws {
    guard models.names.contains(name) else {
      Terminal.note(
        "no adapter is called '\(name)'; there are \(models.names.joined(separator: ", "))")
      return
    }
    chat.texts = try models.generator(models.folder(name)).texts
    adapter = name
  }

  mutating func answer(
    _ line: String, _ chat: inout ChatSession, _ settings: GenerationSettings
  ) throws {
    AnswerInterrupt.begin()
    defer { AnswerInterrupt.end() }
    _ = try chat.answer(line, settings: settings) { piece in
      try Terminal.write(data: piece.text)
      return !AnswerInterrupt.isAsked
    }
    try Terminal.write(data: "\n")
  }
}

/// Ctrl-C, which stops an answer and not the program.
private enum AnswerInterrupt {
  static func install() {
    signal(SIGINT) { _ in
      if isAnswering != 0 {
        answerInterruptions += 1
      } else {
        let note: StaticString = "\n(Ctrl-D or /quit ends)\n> "
        _ = write(STDERR_FILENO, note.utf8Start, note.utf8CodeUnitCount)
      }
    }
  }

  static func begin() { (isAnswering, answerInterruptions) = (1, 0) }
  static func end() { isAnswering = 0 }
  static var isAsked: Bool { answerInterruptions > 0 }
}

nonisolated(unsafe) private var isAnswering: sig_atomic_t = 0
nonisolated(unsafe) private var answerInterruptions: sig_atomic_t = 0
