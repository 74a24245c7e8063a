import CPUCore
import ModelGraph
public import PeftAdapters

/// Answers prompts with a model, token by token.
///
///     let generator = try Generator(Model("path/to/checkpoint"))
///     let answers = try generator.answers(to: [[15496, 11, 995]], settings: GenerationSettings(maxNewTokens: 20))
///
/// Keys and values of all tokens are kept, so that each new token is read once; prompts of different lengths are
/// answered together, each as it would be alone. A model's adapters cost nothing once they are merged
/// (`Model.merged(with:)`). It is for one task at a time; `TextModel` is for several.
public final class Generator {
  public let model: Model
  /// What the checkpoint's folder says.
  public let defaults: GenerationDefaults
  /// The size of the model's vocabulary; nil where it is not known.
  public let vocabularySize: Int?
  /// The positions that the model has; nil where any length will do.
  public let positionLimit: Int?
  let hasEncoder: Bool
  /// Tokens after which a text is read again as a whole; nil for never.
  let rereadingLength: Int?
  private let rounded = RoundedParameters()
  private let workspace: Workspace

  /// - Throws: `NoGeneration` where the model cannot generate; `RunError` where there is no thread.
  public convenience init(
    _ model: Model, defaults: GenerationDefaults = GenerationDefaults()
  ) throws {
    try self.init(model, defaults: defaults, workspace: Workspace(threads: model.threads))
  }

  /// - Parameter workspace: Threads and memory, shared with generators that take turns.
  init(_ model: Model, defaults: GenerationDefaults, workspace: Workspace) throws {
    self.model = model
    self.defaults = defaults
    hasEncoder = model.graph.hasEncoder
    vocabularySize = model.graph.vocabulary(of: hasEncoder ? "decoder_input_ids" : "input_ids")
    rereadingLength = model.graph.rereadingLength
    positionLimit = model.graph.answerLimit
    self.workspace = workspace
    // Whether it can generate is said before there are prompts.
    _ =
      try hasEncoder
      ? model.graph.encoding()
      : model.graph.decoding(DecodingSizes(rows: 1, tokens: 1, length: 2)).graph
  }

  /// Answers all prompts at once.
  /// - Parameters:
  ///   - prompts: Tokens.
  ///   - watch: Told each new token; answering ends where it returns false.
  /// - Throws: `GenerationError`; `ProgramError` and `RunError` where the model cannot be run.
  public func answers(
    to prompts: [[Int]], settings: GenerationSettings,
    watch: (GeneratedToken) throws -> Bool = { _ in true }
  ) throws -> [Answer] {
    let run = try GenerationRun(self, prompts, settings)
    while let tokens = try run.next() {
      for token in tokens where try !watch(token) { return run.answers }
    }
    return run.answers
  }

  /// Bytes that answering takes beside the model's weights, keys and values among them.
  /// - Parameter promptTokens: Those of each prompt.
  /// - Throws: `ProgramError`.
  public func plannedBytes(
    promptTokens: [Int], settings: GenerationSettings
  ) throws -> Int {
    try plan(promptTokens, settings).byteCount(threads: model.threads)
  }

  /// - Parameter tokens: Those of a row that are read first; its prompt where nil.
  func plan(
    _ promptTokens: [Int], _ settings: GenerationSettings, reading tokens: Int? = nil
  ) throws -> DecodingPlan {
    try DecodingPlan(
      model.graph, model.precision, prompts: promptTokens.count, longest: promptTokens.max() ?? 1,
      settings, reading: tokens)
  }

  func decoder(_ plan: DecodingPlan) throws -> Decoder {
    try Decoder(plan, of: model, rounded: rounded, workspace: workspace)
  }
}

/// A token of an answer, as soon as it is chosen.
public struct GeneratedToken: Hashable, Sendable {
  /// The prompt that it belongs to, counted from 0.
  public let prompt: Int
  public let token: Int
  /// Nil as long as the answer goes on.
  public let finishReason: FinishReason?
}

extension Graph {
  /// Phi-3's LongRoPE has other angles for longer texts. Where a text becomes longer than those of the first training,
  /// transformers computes its keys anew, with these.
  fileprivate var rereadingLength: Int? {
    guard origin.modelType == "phi3" else { return nil }
    return nodes.lazy.compactMap { node -> Int? in
      guard case .longRope(let rope)? = (node.operation as? Rotary)?.scaling else { return nil }
      return rope.originalLength
    }.first
  }
}
