public import CPUCore
public import ModelGraph
import PeftAdapters
package import TunerKit

/// What answering takes, in memory and in operations, from the graph and the sizes alone.
///
///     let graph = try ModelDescription("llama-3.2-1b").graph()
///     let plan = try GenerationPlan(graph, rows: 4, promptTokens: 512)
///     print(plan.cacheBytes)
public struct GenerationPlan: Sendable {
  /// Prompts that are answered together.
  public let rows: Int
  /// Tokens of the longest prompt.
  public let promptTokens: Int
  public let settings: GenerationSettings
  /// The weights as they are read, without those that adapters change.
  public let modelBytes: Int
  /// Weights with adapters' updates, which lie in memory.
  public let sumBytes: Int
  /// Keys and values of all places of all rows, and what an encoder leaves.
  public let cacheBytes: Int
  /// Activations, inputs and logits.
  public let workingBytes: Int
  /// The threads' buffers, and RoPE's tables.
  public let scratchBytes: Int
  /// What reading the prompts computes and moves.
  public let promptWork: ProgramWork
  /// The same of one token of every row, as if all places were taken.
  public let tokenWork: ProgramWork

  public var totalBytes: Int {
    modelBytes + sumBytes + cacheBytes + workingBytes + scratchBytes
  }

  /// - Parameters:
  ///   - graph: The model, its parameters in the types that they are stored in.
  ///   - adapter: What is summed into its weights.
  ///   - threads: As many as there are cores where nil.
  /// - Throws: `NoGeneration` where the model cannot generate; `GenerationError` where it has not as many positions;
  ///   `ProgramError`.
  public init(
    _ graph: Graph, rows: Int = 1, promptTokens: Int,
    settings: GenerationSettings = GenerationSettings(), precision: Precision = .f32,
    threads: Int? = nil
  ) throws {
    try self.init(
      graph, adapters: [], rows: rows, promptTokens: promptTokens, settings: settings,
      precision: precision, threads: threads)
  }

  package init(
    _ graph: Graph, adapters: [Adapter], rows: Int, promptTokens: Int,
    settings: GenerationSettings, precision: Precision, threads: Int?
  ) throws {
    (self.rows, self.promptTokens, self.settings) = (rows, promptTokens, settings)
    if let limit = graph.answerLimit, promptTokens >= limit {
      throw GenerationError.promptTooLong(0, tokens: promptTokens, positions: limit)
    }
    let plan = try DecodingPlan(
      graph, precision, prompts: rows, longest: promptTokens, settings)
    let summed = graph.summedParameters(by: adapters)
    sumBytes = summed.reduce(0) { $0 + graph[$1].count * graph[$1].sumEntryByteCount(precision) }
    modelBytes = graph.parameters.reduce(0) { sum, parameter in
      guard let id = graph.parameter(named: parameter.name), !summed.contains(id) else {
        return sum
      }
      return sum + plan.step.byteCount(of: id, parameter)
    }
    cacheBytes = plan.stateBytes
    let memories = plan.programs.map { $0.memory(threads: threads) }
    workingBytes =
      memories.map { $0.workingBytes + $0.outputBytes.values.reduce(0, +) }.max() ?? 0
    scratchBytes = memories.map { $0.scratchBytes + $0.tableBytes }.max() ?? 0
    func work(_ program: Program) -> ProgramWork {
      program.work().map(\.total).reduce(ProgramWork(), +)
    }
    promptWork = work(plan.prompt) + (plan.encoder.map(work) ?? ProgramWork())
    tokenWork = work(plan.step)
  }
}
