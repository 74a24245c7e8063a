public import CPUCore
public import PeftAdapters
public import PeftBasics
public import TunerKit

/// A model with adapters that several tasks may ask at once.
///
///     let model = try TextModel(folder: "path/to/checkpoint", adapters: ["poems": "adapters/poems"])
///     for try await piece in model.answer(to: "The sea", adapter: "poems") { print(piece, terminator: "") }
///
/// Answers take turns, token by token, so that none waits for another's end; each is the one that it would be
/// alone. A task that is cancelled gets no more tokens, and nothing is left of its answer. Weights with an adapter's
/// update are kept from when it is first asked for: see `Model.answering(with:)`.
public actor TextModel {
  private let base: Model
  private let folder: String?
  private let tokenizer: String?
  private let adapters: [String: AdapterWeights]
  private let workspace: Workspace
  /// Bytes for the model and its sums with adapters.
  private let memory: Int
  private var sumBytes = 0
  private var generators: [String?: TextGenerator] = [:]

  /// - Parameters:
  ///   - base: The model without adapters.
  ///   - adapters: By the names that they are asked for with.
  ///   - folder: The model's checkpoint, which may have a tokenizer and a `generation_config.json`.
  ///   - tokenizer: A checkpoint's folder, a `tokenizer.json`, or `bytes`; the model's own where nil.
  ///   - memory: Bytes that the weights may take, with the sums for every adapter; where they take more, adapters
  ///     are applied beside the weights, more slowly.
  /// - Throws: `NoGeneration` where the model cannot generate; what is wrong with the tokenizer.
  public init(
    _ base: sending Model, adapters: [String: AdapterWeights] = [:], folder: String? = nil,
    tokenizer: String? = nil, memory: Int = MachineMemory.byteCount
  ) throws {
    self.memory = memory
    workspace = try Workspace(threads: base.threads)
    self.base = base
    self.adapters = adapters
    self.folder = folder
    self.tokenizer = tokenizer
  }

  /// - Parameters:
  ///   - folder: A checkpoint's.
  ///   - adapters: Their folders, by the names that they are asked for with.
  ///   - tuners: Those that the folders can name.
  /// - Throws: What reading model and adapters throws.
  public init(
    folder: String, adapters: [String: String] = [:], tuners: TunerRegistry, threads: Int? = nil
  ) throws {
    memory = MachineMemory.byteCount
    let base = try Model(folder, threads: threads)
    let weights = try adapters.mapValues {
      try AdapterFolder($0, registry: tuners).weights(for: base)
    }
    workspace = try Workspace(threads: threads)
    self.base = base
    self.adapters = weights
    self.folder = folder
    tokenizer = nil
  }

  /// The answer to a text, piece by piece.
  /// - Parameters:
  ///   - adapter: One of those that the model has; none where nil.
  ///   - settings: What the checkpoint says where nil.
  public nonisolated func answer(
    to text: String, adapter: String? = nil, settings: GenerationSettings? = nil
  ) -> AnswerStream {
    AnswerStream(model: self, prompt: .text(text), adapter: adapter, settings: settings)
  }

  /// The same for tokens.
  public nonisolated func answer(
    to tokens: [Int], adapter: String? = nil, settings: GenerationSettings? = nil
  ) -> AnswerStream {
    AnswerStream(model: self, prompt: .tokens(tokens), adapter: adapter, settings: settings)
  }

  private func generator(_ adapter: String?) throws -> TextGenerator {
    if let known = generators[adapter] { return known }
    var used: [AdapterWeights] = []
    if let adapter {
      guard let weights = adapters[adapter] else {
        throw UnknownAdapter(name: adapter, known: adapters.keys.sorted())
      }
      used = [weights]
    }
    let room = memory - sumBytes
    let made = try TextGenerator(
      base.answering(with: used, memory: room), folder: folder, tokenizer: tokenizer,
      workspace: workspace)
    if base.hasRoom(forSumsWith: used, in: room) { sumBytes += base.sumByteCount(with: used) }
    generators[adapter] = made
    return made
  }

  fileprivate func begin(_ stream: AnswerStream) throws -> AnswerState {
    let generator = try generator(stream.adapter)
    let prompt =
      switch stream.prompt {
      case .text(let text): try generator.prompt(text)
      case .tokens(let tokens): TextPrompt(tokens: tokens)
      }
    return AnswerState(try TextRun(generator, [prompt], stream.settings))
  }

  fileprivate func next(_ state: AnswerState) throws -> TextGenerator.Piece? {
    while state.waiting.isEmpty {
      guard let pieces = try state.run.next() else { return nil }
      state.waiting = pieces
    }
    return state.waiting.removeFirst()
  }
}

/// An answer in the making, which only its model's actor reads and changes.
private final class AnswerState: @unchecked Sendable {
  let run: TextRun
  var waiting: [TextGenerator.Piece] = []

  init(_ run: TextRun) { self.run = run }
}

/// The pieces of an answer, one after another.
public struct AnswerStream: AsyncSequence, Sendable {
  public typealias Element = TextGenerator.Piece

  fileprivate enum Prompt {
    case text(String)
    case tokens([Int])
  }

  fileprivate let model: TextModel
  fileprivate let prompt: Prompt
  fileprivate let adapter: String?
  fileprivate let settings: GenerationSettings?

  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let stream: AnswerStream
    private var state: AnswerState?

    fileprivate init(stream: AnswerStream) { self.stream = stream }

    /// - Throws: `CancellationError` where the task is cancelled; `UnknownAdapter`; what answering throws.
    public mutating func next() async throws -> TextGenerator.Piece? {
      try Task.checkCancellation()
      if state == nil { state = try await stream.model.begin(stream) }
      guard let state else { return nil }
      return try await stream.model.next(state)
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

  /// The whole answer.
  public func text() async throws -> String {
    var text = ""
    for try await piece in self { text += piece.text }
    return text
  }

  /// All tokens of the answer.
  public func tokens() async throws -> [Int] {
    var tokens: [Int] = []
    for try await piece in self { tokens.append(piece.token) }
    return tokens
  }
}

/// An adapter that a model does not have.
public struct UnknownAdapter: Diagnosis, Hashable {
  public let name: String
  public let known: [String]

  public var words: (problem: String, fix: String?) {
    (
      "no adapter is called \(name.quoted)",
      known.isEmpty
        ? "the model has none" : "choose from \(known.map(\.quoted).joined(separator: ", "))"
    )
  }
}
