import CPUCore
import ModelGraph
import PeftAdapters

/// What answering some prompts takes, before anything runs: the programs, and the memory that they share.
struct DecodingPlan {
  /// Reads the prompts of a model with an encoder; nil for others.
  let encoder: Program?
  /// Reads the tokens that an answer begins after, and gives the logits of the last.
  let prompt: Program
  /// Reads one token of each row.
  let step: Program
  /// Keys and values, and what the encoder leaves.
  let state: [(id: Parameter.ID, parameter: Parameter)]
  let caches: [Parameter.ID]
  let kept: [(output: String, parameter: Parameter.ID)]
  let rows: Int
  /// Places that a row has.
  let length: Int

  /// What answers to prompts take.
  /// - Parameters:
  ///   - prompts: How many there are, each with as many rows as there are beams.
  ///   - longest: Tokens of the longest prompt.
  ///   - tokens: Those of a row that are read first; its prompt, or a decoder's first token, where nil.
  /// - Throws: `GenerationError` for more places than can be counted; as the other initializer.
  init(
    _ graph: Graph, _ precision: Precision, prompts: Int, longest: Int,
    _ settings: GenerationSettings, reading tokens: Int? = nil
  ) throws {
    let first = graph.hasEncoder ? 1 : longest
    let (length, isTooLong) = first.addingReportingOverflow(settings.maxNewTokens)
    guard !isTooLong else {
      throw GenerationError.tooLittleMemory(needed: .max, present: MachineMemory.byteCount)
    }
    try self.init(
      graph, precision, rows: prompts * settings.beams, tokens: tokens ?? first,
      length: min(length, graph.answerLimit ?? .max), encoded: graph.hasEncoder ? longest : nil)
  }

  /// - Parameters:
  ///   - tokens: New tokens of a row in the first run.
  ///   - length: Places of a row, of its prompt and its answer.
  ///   - encoded: Tokens of a row that the encoder reads, where the model has one.
  /// - Throws: `NoGeneration` where the model cannot generate; `ProgramError`.
  init(
    _ graph: Graph, _ precision: Precision, rows: Int, tokens: Int, length: Int, encoded: Int? = nil
  ) throws {
    (self.rows, self.length) = (rows, length)
    var sizes = DecodingSizes(
      rows: rows, tokens: tokens, length: length,
      element: precision == .bf16 ? .bfloat16 : .float32)
    var shapes: [String: [Int]] = [:]
    if let encoded {
      shapes = ["input_ids": [rows, encoded], "attention_mask": [rows, encoded]]
      let program = try Program(
        graph.encoding(), shapes: shapes, precision: precision)
      for output in program.outputs { shapes[output.name] = output.shape }
      encoder = program
    } else {
      encoder = nil
    }
    let first = try graph.decoding(sizes, encoded: shapes)
    func program(_ decoding: Graph) throws -> Program {
      try Program(
        decoding,
        shapes: Dictionary(
          uniqueKeysWithValues: decoding.inputs.map { input in
            (input.name, decoding[input.value].type.shape.dimensions.compactMap(\.size))
          }),
        precision: precision)
    }
    prompt = try program(first.graph)
    if tokens == 1 {
      step = prompt
    } else {
      sizes.tokens = 1
      step = try program(graph.decoding(sizes, encoded: shapes).graph)
    }
    caches = first.caches
    kept = first.kept
    state = (first.caches + first.kept.map(\.parameter)).map { ($0, first.graph[$0]) }
  }

  /// Bytes of keys and values, and of what the encoder leaves.
  var stateBytes: Int {
    state.reduce(0) { $0 + $1.parameter.count * $1.parameter.element.byteCount }
  }

  var programs: [Program] { [prompt, step] + [encoder].compactMap { $0 } }

  /// Bytes that answering takes beside the model's weights.
  /// - Parameter threads: As many as there are cores where nil.
  func byteCount(threads: Int?) -> Int {
    stateBytes
      + programs.map { $0.byteCount(threads: threads) }.reduce(0, max)
  }
}

extension Graph {
  /// The positions of a prompt and its answer; nil where any length will do.
  var answerLimit: Int? { hasEncoder ? nil : positionLimit }
}
