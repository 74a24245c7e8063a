import CPUCore
import ModelGraph
import PeftAdapters
import PeftTensors

/// Rows of tokens that grow: it reads them, keeps their keys and values, and gives the logits of what comes next.
final class Decoder {
  private let plan: DecodingPlan
  private let state: ProgramState
  private let prompt: Executor
  private let step: Executor
  private let encoder: Executor?
  private var masks: [String: Tensor] = [:]
  /// Tokens of each row so far.
  private(set) var lengths: [Int]

  /// - Parameters:
  ///   - rounded: Where weights that are read rounded are kept, for other decoders too.
  ///   - workspace: Threads and memory, shared with decoders that take turns.
  /// - Throws: `RunError` where there is too little memory.
  init(
    _ plan: DecodingPlan, of model: Model, rounded: RoundedParameters, workspace: Workspace
  ) throws {
    self.plan = plan
    let state = try ProgramState(plan.state)
    self.state = state
    func executor(_ program: Program) throws -> Executor {
      try Executor(
        program, parameters: model.parameters, state: state, rounded: rounded,
        threads: model.threads, workspace: workspace)
    }
    prompt = try executor(plan.prompt)
    step = plan.prompt.inputs == plan.step.inputs ? prompt : try executor(plan.step)
    encoder = try plan.encoder.map(executor)
    lengths = Array(repeating: 0, count: plan.rows)
  }

  /// Reads what the encoder reads.
  /// - Parameter rows: Of any lengths, at most those of the plan.
  func encode(_ rows: [[Int]]) throws {
    guard let encoder, let length = plan.encoder?.inputs[0].shape[1] else { return }
    let ids = Tensor(padded: rows, to: length, with: 0)
    let mask = Tensor(padded: rows.map { $0.map { _ in 1 } }, to: length, with: 0)
    let kept = try encoder.run(["input_ids": ids, "attention_mask": mask])
    for (output, id) in plan.kept {
      guard let tensor = kept[output], let memory = state.bytes(of: id) else { continue }
      let isHalf = memory.count < tensor.byteCount
      (isHalf ? tensor.converted(to: .bfloat16) : tensor).withUnsafeBytes {
        memory.copyMemory(from: $0)
      }
    }
    masks = ["encoded attention_mask": mask]
  }

  /// Reads the first tokens of all rows.
  /// - Parameter rows: Of any lengths from 1 on, at most those of the plan.
  /// - Returns: The logits of each row's next token: `[rows, vocabulary]`.
  func begin(_ rows: [[Int]]) throws -> Tensor {
    let length = plan.prompt.newTokens
    let logits = try run(
      prompt, Tensor(padded: rows, to: length, with: 0), last: rows.map { $0.count - 1 })
    lengths = rows.map(\.count)
    return logits
  }

  /// Reads a token of every row.
  /// - Parameter tokens: Nil for a row that is not continued, whose logits mean nothing.
  /// - Returns: The logits of each row's next token: `[rows, vocabulary]`.
  func next(_ tokens: [Int?]) throws -> Tensor {
    let logits = try run(
      step, Tensor(tokens.map { $0 ?? 0 }, shape: [plan.rows, 1]),
      last: Array(repeating: 0, count: plan.rows))
    for (row, token) in tokens.enumerated() where token != nil { lengths[row] += 1 }
    return logits
  }

  private func run(_ executor: Executor, _ tokens: Tensor, last: [Int]) throws -> Tensor {
    let most = plan.length - tokens.shape[1]
    let inputs = [
      DecodingGraph.newTokens: tokens,
      DecodingGraph.starts: Tensor(lengths.map { min($0, most) }, shape: [plan.rows]),
      DecodingGraph.last: Tensor(last, shape: [plan.rows]),
    ]
    return try executor.run(inputs.merging(masks) { $1 })["logits"] ?? Tensor([Float](), shape: [0])
  }

  /// Lets every row go on as another one was.
  /// - Parameter sources: The row whose tokens each row has from now on.
  func reorder(_ sources: [Int]) {
    guard sources != Array(sources.indices) else { return }
    for id in plan.caches {
      guard let memory = state.bytes(of: id) else { continue }
      let rowBytes = memory.count / plan.rows
      let before = Array(memory)
      before.withUnsafeBytes { before in
        for (row, source) in sources.enumerated() where row != source {
          UnsafeMutableRawBufferPointer(
            rebasing: memory[row * rowBytes..<(row + 1) * rowBytes]
          ).copyMemory(
            from: UnsafeRawBufferPointer(
              rebasing: before[source * rowBytes..<(source + 1) * rowBytes]))
        }
      }
    }
    lengths = sources.map { lengths[$0] }
  }
}

extension Program {
  /// New tokens of a row.
  fileprivate var newTokens: Int {
    inputs.first { $0.name == DecodingGraph.newTokens }?.shape[1] ?? 1
  }
}

extension Tensor {
  /// Rows of tokens as one tensor.
  fileprivate init(padded rows: [[Int]], to length: Int, with padding: Int) {
    self.init(
      rows.flatMap { $0 + Array(repeating: padding, count: length - $0.count) },
      shape: [rows.count, length])
  }
}
