public import CPUCore
public import PeftAdapters
public import TunerKit

/// What training a tuner on a model takes in memory, from the graph and the shapes alone: the plan of
/// the program that would run.
///
///     let graph = try ModelDescription("gpt2").graph()
///     let plan = try TrainingPlan(LoraConfig(r: 8), on: graph, batch: .init(rows: 4, sequence: 256))
///     print(plan.totalBytes)
public struct TrainingPlan: Sendable {
  /// A micro-batch, as large as the plan is for.
  public struct Batch: Hashable, Sendable {
    public let rows: Int
    /// Tokens in each row; models without tokens have no use for it.
    public let sequence: Int

    public init(rows: Int, sequence: Int) {
      self.rows = rows
      self.sequence = sequence
    }
  }

  /// What the program is for.
  public enum Purpose: Hashable, Sendable {
    /// A training step, with gradient accumulation over micro-batches where `accumulates` is true, and with
    /// repeated blocks computed again in the backward pass where `checkpointsActivations` is.
    case training(
      OptimizerRecipe = OptimizerRecipe(), accumulates: Bool = false,
      checkpointsActivations: Bool = false)
    /// Inference with the adapter.
    case inference
  }

  /// The tuner, counted.
  public let budget: Budget
  public let batch: Batch
  public let purpose: Purpose
  /// The model's own weights, in the types that they are stored in or rounded to.
  public let modelBytes: Int
  /// The tuner's frozen bases.
  public let basisBytes: Int
  /// The trainable parameters.
  public let adapterBytes: Int
  /// The optimizer's state.
  public let optimizerBytes: Int
  /// Gradients of what is trained, and their sums over micro-batches.
  public let gradientBytes: Int
  /// Activations, their gradients, inputs and outputs.
  public let workingBytes: Int
  /// The threads' buffers, and RoPE's tables.
  public let scratchBytes: Int
  /// How the update of every module is multiplied.
  public let updates: [UpdatePlan]
  /// What the user should know.
  public let warnings: [String]

  public var totalBytes: Int {
    modelBytes + basisBytes + adapterBytes + optimizerBytes + gradientBytes + workingBytes
      + scratchBytes
  }

  /// - Parameters:
  ///   - configuration: The tuner.
  ///   - graph: The model, its parameters in the types that they are stored in.
  ///   - objective: What it would be trained for; what the model's outputs are for where nil.
  ///   - precision: What matrices are multiplied in.
  ///   - threads: As many as there are cores where nil.
  /// - Throws: What applying the tuner throws; `TrainingSetupError` where the model has no output to
  ///   train, or not as many positions; `GradientError` where nothing would be trained; `ProgramError`
  ///   where there would be more bytes than any machine has.
  public init(
    _ configuration: some TunerConfiguration, on graph: Graph, batch: Batch,
    purpose: Purpose = .training(), objective: TrainingObjective? = nil,
    precision: Precision = .f32, threads: Int? = nil, isStrict: Bool = false
  ) throws {
    try self.init(
      Adapter(configuration, for: graph, isStrict: isStrict), on: graph, batch: batch,
      purpose: purpose, objective: objective, precision: precision, threads: threads)
  }

  /// - Parameter adapter: The tuner on that graph, whatever its parameters are stored as.
  init(
    _ adapter: Adapter, on graph: Graph, batch: Batch, purpose: Purpose,
    objective: TrainingObjective? = nil, precision: Precision = .f32, threads: Int? = nil
  ) throws {
    if let limit = graph.positionLimit, batch.sequence > limit, graph.readsTokens {
      throw TrainingSetupError.sequenceTooLong(batch.sequence, positions: limit)
    }
    self.batch = batch
    self.purpose = purpose
    budget = try Budget(adapter, on: graph)
    warnings = adapter.warnings
    let program: Program
    let adapted: Graph
    switch purpose {
    case .training(let optimizer, let accumulates, let recomputesBlocks):
      let training = try TrainingGraph(
        adapter, on: graph, objective: objective ?? TrainingObjective(of: graph))
      adapted = training.training
      program = try training.program(
        shapes: adapted.shapes(of: batch), precision: precision,
        step: TrainingGraph.Step(recomputesBlocks: recomputesBlocks))
      let counts = training.shapes.map { $0.reduce(1, *) }
      adapterBytes = TrainedParameters.byteCount(counts: counts)
      optimizerBytes = Optimizer.byteCount(optimizer.method, shapes: training.shapes)
      gradientBytes = 4 * counts.reduce(0, +) * (accumulates ? 2 : 1)
    case .inference:
      adapted = try graph.adapted(by: adapter, inTraining: false)
      program = try Program(
        adapted, shapes: adapted.shapes(of: batch), precision: precision)
      adapterBytes = adapted.bytes(in: program) { $0 == .adapter(adapter.name) }
      (optimizerBytes, gradientBytes) = (0, 0)
    }
    modelBytes = adapted.bytes(in: program) { $0 == .base }
    basisBytes = adapted.bytes(in: program) { $0 == .frozenBasis(adapter.name) }
    let memory = program.memory(threads: threads)
    let gradients = Set(adapted.parameters.map { Graph.gradientName(of: $0.name) })
    workingBytes =
      memory.workingBytes
      + memory.outputBytes.filter { !gradients.contains($0.key) }.values.reduce(0, +)
    scratchBytes = memory.scratchBytes + memory.tableBytes
    updates = UpdatePlan.all(of: adapter, in: program)
  }
}

extension Graph {
  /// Bytes of all parameters of some roles, as a program reads them.
  fileprivate func bytes(
    in program: Program, where isCounted: (Parameter.Role) -> Bool
  ) -> Int {
    parameters.filter { isCounted($0.role) }.reduce(0) { sum, parameter in
      let id = self.parameter(named: parameter.name)
      let stored = parameter.count * parameter.element.byteCount
      return sum + (id.map { program.byteCount(of: $0, parameter) } ?? stored)
    }
  }

  /// Whether there are tokens to count positions of.
  fileprivate var readsTokens: Bool { inputs.contains { $0.name == "input_ids" } }

  /// The shapes of the inputs of a micro-batch. A decoder's mask is left out, as its labels say what
  /// counts.
  fileprivate func shapes(of batch: TrainingPlan.Batch) -> [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    for input in inputs where !input.isOptional || input.name != "decoder_attention_mask" {
      let axes = self[input.value].type.shape.dimensions
      shapes[input.name] = axes.enumerated().map { axis, dimension in
        dimension.size ?? (axis == 0 ? batch.rows : batch.sequence)
      }
    }
    return shapes
  }
}

/// How the update of one module is multiplied.
public struct UpdatePlan: Hashable, Sendable {
  public let path: String
  public let outputs: Int
  public let inputs: Int
  /// The highest rank that the update can have.
  public let rank: Int
  /// Whether it is carried beside the weight as two thin products, instead of being added to it.
  public let isBeside: Bool
  /// The cost of both orders; nil where there is no choice, or it does not depend on cost.
  public let costs: PlannedUpdate.Costs?

  /// The plans of an adapter's modules. Of a module that is used several times the first use counts.
  static func all(of adapter: Adapter, in program: Program) -> [UpdatePlan] {
    let planned = Dictionary(program.updates.map { ($0.module, $0) }) { first, _ in first }
    return adapter.updates.map { update in
      let (site, known) = (update.site, planned[update.site.path])
      return UpdatePlan(
        path: site.path, outputs: site.outputs, inputs: site.inputs,
        rank: (try? update.update.rankBound()) ?? min(site.outputs, site.inputs),
        isBeside: known?.isBeside ?? false, costs: known?.costs)
    }
  }
}
