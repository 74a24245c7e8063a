public import CPUCore
public import PeftAdapters
public import TunerKit

/// What training a tuner on a model takes, in memory and in operations, from the graph and the shapes alone:
/// the plan of the program that would run.
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
    /// A training step of so many micro-batches (`accumulate`), with repeated blocks computed again in the
    /// backward pass where `checkpointsActivations` is true. The model's own dropouts have one rate, or each
    /// its configuration's where `dropout` is nil.
    case training(
      OptimizerRecipe = OptimizerRecipe(), accumulate: Int = 1,
      checkpointsActivations: Bool = false, dropout: Double? = nil)
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
  /// A process of the command before it has a model: its code, its libraries and what it allocates, as measured
  /// on Linux on x86-64. What a host of the library takes is not known.
  public static let processBytes = 42_000_000
  /// What a step computes and moves, with all its micro-batches; inference is one step.
  public let work: ProgramWork
  /// The same by the program's steps.
  private let steps: [ProgramWork]
  /// How the update of every module is multiplied, and what that takes.
  public let updates: [UpdatePlan]
  /// What the user should know.
  public let warnings: [String]

  /// All numbers together.
  public var totalBytes: Int {
    modelBytes + basisBytes + adapterBytes + optimizerBytes + gradientBytes + workingBytes
      + scratchBytes
  }

  /// The memory that the command takes at its peak: the process, and the numbers in it.
  public var peakBytes: Int { totalBytes + Self.processBytes }

  /// How long a step takes on a machine with such rates: every step of the program as long as its products or
  /// its bytes, and the optimizer's as long as its bytes.
  public func seconds(at rates: MachineRates) -> Double {
    steps.reduce(0) { $0 + $1.seconds(at: rates) } + optimizerWork.seconds(at: rates)
  }

  /// Gradients are added up over the batches of a step, and read twice, the first time for their norm; what is
  /// trained and the optimizer's state are changed.
  private var optimizerWork: ProgramWork {
    var work = ProgramWork()
    guard case .training(_, let accumulate, _, _) = purpose else { return work }
    let gradients = Double(gradientBytes) / (accumulate > 1 ? 2 : 1)
    let sums = accumulate > 1 ? 3 * Double(accumulate) * gradients : 0
    work.bytes = sums + 2 * gradients + 2 * Double(adapterBytes + optimizerBytes)
    return work
  }

  /// - Parameters:
  ///   - configuration: The tuner.
  ///   - graph: The model, its parameters in the types that they are stored in. They are taken to lie in mapped
  ///     files, whose pages are given back where they are read only to make other weights.
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

  /// Plans training on a model whose weights are there: those that lie in memory, not in a mapped file, stay
  /// there. Precision and threads are the model's.
  public init(
    _ configuration: some TunerConfiguration, on model: Model, batch: Batch,
    purpose: Purpose = .training(), objective: TrainingObjective? = nil, isStrict: Bool = false
  ) throws {
    try self.init(
      Adapter(configuration, for: model.graph, isStrict: isStrict), on: model.graph, batch: batch,
      purpose: purpose, objective: objective, precision: model.precision, threads: model.threads,
      inMemory: model.parametersInMemory)
  }

  /// - Parameters:
  ///   - adapter: The tuner on that graph, whatever its parameters are stored as.
  ///   - inMemory: Names of the model's parameters that do not lie in mapped files.
  init(
    _ adapter: Adapter, on graph: Graph, batch: Batch, purpose: Purpose,
    objective: TrainingObjective? = nil, precision: Precision = .f32, threads: Int? = nil,
    inMemory: Set<String> = []
  ) throws {
    try graph.checkPositions(for: batch.sequence)
    self.batch = batch
    self.purpose = purpose
    budget = try Budget(adapter, on: graph)
    warnings = adapter.warnings
    let adapted: Graph
    // Reversed, updates are multiplied in the orders that are not chosen.
    let plan: (_ isReversed: Bool) throws(ProgramError) -> Program
    let runs: Int
    let trainedBytes: Int?
    switch purpose {
    case .training(let optimizer, let accumulate, let recomputesBlocks, let dropout):
      let training = try TrainingGraph(
        adapter, on: graph, objective: objective ?? TrainingObjective(of: graph), dropout: dropout)
      adapted = training.training
      runs = max(1, accumulate)
      let step = TrainingGraph.Step(accumulate: runs, recomputesBlocks: recomputesBlocks)
      plan = { isReversed throws(ProgramError) in
        try training.program(
          shapes: training.training.shapes(of: batch), precision: precision, step: step,
          reversesUpdates: isReversed)
      }
      let counts = training.shapes.map { $0.reduce(1, *) }
      trainedBytes = TrainedParameters.byteCount(counts: counts)
      optimizerBytes = Optimizer.byteCount(optimizer.method, shapes: training.shapes)
      gradientBytes = 4 * counts.reduce(0, +) * (runs > 1 ? 2 : 1)
    case .inference:
      let inference = try graph.adapted(by: adapter, inTraining: false)
      (adapted, runs) = (inference, 1)
      plan = { isReversed throws(ProgramError) in
        try Program(
          inference, shapes: inference.shapes(of: batch), precision: precision,
          reversesUpdates: isReversed)
      }
      (trainedBytes, optimizerBytes, gradientBytes) = (nil, 0, 0)
    }
    let program = try plan(false)
    adapterBytes =
      trainedBytes ?? adapted.bytes(in: program, of: .adapter(adapter.name)) { _ in false }
    modelBytes = [Parameter.Role.base, .buffer].reduce(0) { sum, role in
      sum + adapted.bytes(in: program, of: role) { !inMemory.contains($0) }
    }
    basisBytes = adapted.bytes(in: program, of: .frozenBasis(adapter.name)) { _ in false }
    let memory = program.memory(threads: threads)
    let gradients = Set(adapted.parameters.map { Graph.gradientName(of: $0.name) })
    workingBytes =
      memory.workingBytes
      + memory.outputBytes.filter { !gradients.contains($0.key) }.values.reduce(0, +)
    scratchBytes = memory.scratchBytes + memory.tableBytes
    let work = program.work(runs: runs)
    steps = work.map(\.total)
    self.work = steps.reduce(ProgramWork(), +)
    // An order that takes more memory than any machine has was not chosen for that.
    let other = (try? plan(true))?.work(runs: runs) ?? []
    updates = UpdatePlan.all(of: adapter, in: program, work: work, otherwise: other, runs: runs)
  }
}

extension Graph {
  /// Bytes of all parameters of a role, as a program reads them.
  /// - Parameter isMapped: Whether the parameter of that name lies in a mapped file.
  fileprivate func bytes(
    in program: Program, of role: Parameter.Role, isMapped: (String) -> Bool
  ) -> Int {
    parameters.filter { $0.role == role }.reduce(0) { sum, parameter in
      let id = self.parameter(named: parameter.name)
      let stored = parameter.storedByteCount
      let isMapped = isMapped(parameter.name)
      return sum + (id.map { program.byteCount(of: $0, parameter, isMapped: isMapped) } ?? stored)
    }
  }

  /// Whether there are tokens to count positions of.
  var readsTokens: Bool { inputs.contains { $0.name == "input_ids" } }

  /// Makes sure that a model that reads tokens has so many positions.
  func checkPositions(for sequence: Int) throws(TrainingSetupError) {
    guard let limit = positionLimit, sequence > limit, readsTokens else { return }
    throw .sequenceTooLong(sequence, positions: limit)
  }

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
