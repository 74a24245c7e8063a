import CPUCore
import ModelGraph
public import PeftAdapters
import PeftBasics
public import PeftGeneration
import PeftReports
public import PeftTensors
import TunerKit

/// An adapter in training: its weights, its optimizer, and the programs that compute its gradients.
///
///     let training = try AdapterTraining(
///       weights, on: model, settings: AdapterTraining.Settings(objective: .nextToken()))
///     let result = try training.step(batches, learningRate: 1e-3, seed: 0)
///
/// It is not for concurrent use. The model's own weights are never changed.
public final class AdapterTraining {
  /// How an adapter is trained.
  public struct Settings: Sendable {
    public var objective: TrainingObjective
    public var optimizer: OptimizerRecipe
    /// The largest gradient norm, to which larger ones are clipped; nil for no clipping.
    public var maximumGradientNorm: Double?
    /// One dropout rate for all the model's own dropouts; its own rates where nil.
    public var dropout: Double?
    /// Steps of the whole run, which a tuner's schedule may depend on; nil where it is not known.
    public var totalSteps: Int?
    /// Micro-batches of a step: the more they are, the more a weight is worth that is made once for all.
    public var accumulate: Int
    /// Whether repeated blocks are computed again in the backward pass.
    public var checkpointActivations: Bool

    public init(
      objective: TrainingObjective, optimizer: OptimizerRecipe = OptimizerRecipe(),
      maximumGradientNorm: Double? = 1, dropout: Double? = nil, totalSteps: Int? = nil,
      accumulate: Int = 1, checkpointActivations: Bool = false
    ) {
      self.objective = objective
      self.optimizer = optimizer
      self.maximumGradientNorm = maximumGradientNorm
      self.dropout = dropout
      self.totalSteps = totalSteps
      self.accumulate = accumulate
      self.checkpointActivations = checkpointActivations
    }
  }

  /// What a step measured.
  public struct StepResult: Hashable, Sendable {
    /// The mean loss over all entries of the step that count.
    public let loss: Double
    /// The norm of all gradients together, before clipping.
    public let gradientNorm: Double
  }

  public let settings: Settings
  public let optimizer: Optimizer
  /// The adapter but for what is trained.
  private let untrained: AdapterWeights
  private let trained: TrainedParameters
  private let programs: TrainingPrograms
  private let sums: GradientAccumulator
  /// The tuner's schedule; nil for none.
  private let schedule: AdapterSchedule?

  /// - Parameters:
  ///   - weights: What training starts from.
  ///   - base: The model, without the adapter.
  /// - Throws: `GradientError` where nothing that is trained changes the loss; `LossError` where the
  ///   model has no output for it; `RunError` where there is too little memory.
  public init(_ weights: AdapterWeights, on base: Model, settings: Settings) throws {
    self.settings = settings
    let untyped = try TrainingGraph(
      weights.adapter, on: base.graph, objective: settings.objective, dropout: settings.dropout)
    let adapted = base.rewritten(as: untyped.training, with: Array(weights.tensors))
    let graph = untyped.storing(as: adapted.graph)
    trained = try TrainedParameters(
      graph.trained.map { id in
        let parameter = graph.training[id]
        guard let tensor = adapted.tensor(of: id) else {
          throw TrainingError.noNumbers(parameter.name)
        }
        return (id, parameter.name, tensor.reshaped(parameter.shape))
      })
    let (names, ids) = (Set(trained.parameters.map(\.name)), Set(graph.trained))
    untrained = AdapterWeights(
      weights.adapter, tensors: weights.tensors.filter { !names.contains($0.key) },
      generation: weights.generation, baseParameters: weights.baseParameters,
      files: weights.files, warnings: weights.warnings)
    programs = TrainingPrograms(
      graph, parameters: adapted.parameters.filter { !ids.contains($0.key) }, trained: trained,
      threads: base.threads, precision: base.precision,
      step: TrainingGraph.Step(
        accumulate: settings.accumulate, recomputesBlocks: settings.checkpointActivations))
    let sums = trained.byteCount
    let state = Optimizer.byteCount(
      settings.optimizer.method, shapes: trained.parameters.map(\.shape))
    try MachineMemory.check([sums, state].checkedSum(of: "the optimizer's memory"))
    let roles = weights.adapter.roles
    optimizer = Optimizer(
      settings.optimizer.method,
      parameters: trained.parameters.map { parameter in
        settings.optimized(
          parameter.name, shape: parameter.shape, role: roles[parameter.name] ?? .ordinary)
      })
    schedule = AdapterSchedule(
      weights.adapter, trained: trained.parameters.map(\.name), totalSteps: settings.totalSteps)
    self.sums = GradientAccumulator(
      names: trained.parameters.map { Graph.gradientName(of: $0.name) })
  }

  /// The number of trainable parameters.
  public var parameterCount: Int { trained.count }

  /// Bytes that a step on batches of such shapes takes beside the model's own weights: activations,
  /// gradients, the adapter, the optimizer.
  public func plannedBytes(for shapes: [String: [Int]]) throws -> Int {
    let sums = settings.accumulate > 1 ? 4 * parameterCount : 0
    return try programs.byteCount(shapes: shapes) + trained.byteCount + optimizer.byteCount + sums
  }

  /// How many programs have been planned so far: one for each of the shapes of batches.
  package var planCount: Int { programs.planCount }

  /// Takes one optimizer step.
  /// - Parameter batches: The micro-batches that make the step together.
  public func step(
    _ batches: [TrainingBatch], learningRate: Double, seed: UInt64
  ) throws -> StepResult {
    var rest = batches[...]
    return try step(
      of: batches.count, countedEntries: batches.reduce(0) { $0 + $1.countedEntries },
      learningRate: learningRate, seed: seed
    ) { rest.popFirst() }
  }

  /// Takes one optimizer step on micro-batches that are made when they are needed, at least one.
  /// - Parameters:
  ///   - count: How many micro-batches make the step together.
  ///   - countedEntries: How many entries the mean loss is over, in all of them.
  ///   - learningRate: The learning rate of this step, as the schedule has it.
  ///   - seed: The random seed of dropout: give each step another.
  ///   - next: Gives one after another.
  /// - Throws: `TrainingError.notFinite` where loss or gradients are not finite, and `nothingCounted`
  ///   where no label counts or a micro-batch is missing; the adapter is as it was before.
  ///   `ProgramError` and `RunError` where batches do not fit the model.
  package func step(
    of count: Int, countedEntries: Int, learningRate: Double, seed: UInt64,
    next: () throws -> TrainingBatch?
  ) throws -> StepResult {
    guard countedEntries > 0 else { throw TrainingError.nothingCounted }
    var loss = 0.0
    sums.begin(batches: count)
    for number in 0..<count {
      guard let batch = try next() else { throw TrainingError.nothingCounted }
      let outputs = try programs.gradients(
        of: batch, scale: 1 / Float(countedEntries), share: 1 / Float(count),
        seed: seed &* UInt64(count) &+ UInt64(number))
      loss += outputs.scalar(Loss.outputName)
      sums.add(outputs)
    }
    return try sums.withGradients { gradients in
      let norm = GradientNorm.total(gradients, on: programs.runTasks)
      guard loss.isFinite, norm.isFinite else {
        throw TrainingError.notFinite(loss: loss, gradientNorm: norm)
      }
      let clip =
        settings.maximumGradientNorm.map { GradientNorm.clipFactor(norm: norm, maximum: $0) } ?? 1
      trained.change { values in
        optimizer.step(
          learningRate: learningRate, values, gradients: gradients, gradientScale: clip,
          on: programs.runTasks)
        schedule?.run(
          after: optimizer.stepCount, values, gradients: gradients, gradientScale: clip)
      }
      return StepResult(loss: loss, gradientNorm: norm)
    }
  }

  /// The gradients of one micro-batch's mean loss, by parameter, without an optimizer step.
  public func gradients(of batch: TrainingBatch, seed: UInt64 = 0) throws -> [String: Tensor] {
    let outputs = try programs.gradients(
      of: batch, scale: 1 / Float(batch.countedEntries), share: 1, seed: seed)
    return Dictionary(
      uniqueKeysWithValues: trained.parameters.compactMap { parameter in
        outputs[Graph.gradientName(of: parameter.name)].map { (parameter.name, $0) }
      })
  }

  /// How well the adapter does on a batch, without dropout.
  public func measure(_ batch: TrainingBatch) throws -> Measurement {
    Measurement(try programs.measures(of: batch), of: batch)
  }

  /// How well the adapter does on the rest of a stream, without dropout: loss and scores.
  /// - Throws: What reading a batch throws; `DataError` where no label of any row counts.
  public func evaluate(_ stream: BatchStream) throws -> EvaluationResult {
    var sums = EvaluationSums(settings.objective)
    return try sums.add(stream) { try programs.measures(of: $0) }
  }
}

// MARK: - The adapter's weights

extension AdapterTraining {
  /// The adapter without its weights.
  var adapter: Adapter { untrained.adapter }

  /// The adapter as it is now.
  public var weights: AdapterWeights { weights(trained.tensors()) }

  /// The adapter, without a copy of what is trained: to be read before the next step.
  var liveWeights: AdapterWeights { weights(trained.liveTensors()) }

  private func weights(_ trained: [String: Tensor]) -> AdapterWeights {
    AdapterWeights(
      untrained.adapter, tensors: untrained.tensors.merging(trained) { $1 },
      generation: untrained.generation, baseParameters: untrained.baseParameters,
      files: untrained.files, warnings: untrained.warnings)
  }

  /// Whether the adapter's bases are those that their key gives, so that no file has to hold them.
  var canDrawBases: Bool { untrained.generation != nil }

  /// Copies of the trained parameters, by name.
  public var trainedTensors: [String: Tensor] { trained.tensors() }

  /// The trained parameters themselves, to be read before the next step.
  var liveTensors: [String: Tensor] { trained.liveTensors() }

  /// The state of the tuner's schedule.
  public var scheduleMemory: [String: [Float]] { schedule?.memory ?? [:] }

  /// Does something with other values of what is trained, which has its own again afterwards.
  func withTrained<Result>(
    _ tensors: [String: Tensor], _ body: () throws -> Result
  ) throws -> Result {
    try check(tensors)
    let own = trained.tensors()
    trained.restore(tensors)
    defer { trained.restore(own) }
    return try body()
  }

  /// Makes sure that all that is trained has a value of its shape.
  private func check(_ tensors: [String: Tensor]) throws {
    for parameter in trained.parameters {
      guard let tensor = tensors[parameter.name], tensor.shape == parameter.shape else {
        throw TrainingError.otherState(parameter.name)
      }
    }
  }

  /// Restores trained parameters, the optimizer's state and that of the tuner's schedule.
  /// - Throws: `OptimizerStateError`, or `TrainingError.otherState`, before anything has changed.
  public func restore(
    _ tensors: [String: Tensor], optimizerState: [String: Tensor], stepCount: Int,
    scheduleMemory: [String: [Float]] = [:]
  ) throws {
    try check(tensors)
    try optimizer.restore(optimizerState, stepCount: stepCount)
    trained.restore(tensors)
    schedule?.memory = scheduleMemory
  }
}

extension AdapterTraining.Settings {
  /// How the optimizer treats a tensor. Vectors are biases and norms.
  fileprivate func optimized(
    _ name: String, shape: [Int], role: UpdateTensor.Role
  ) -> OptimizedParameter {
    optimizer.parameter(
      name, shape: shape, isBiasOrNorm: shape.count < 2 || name.hasSuffix("bias"),
      role: role)
  }
}

extension Adapter {
  /// What trained tensors are to their updates, by the names of the parameters.
  fileprivate var roles: [String: UpdateTensor.Role] {
    Dictionary(
      tensors.filter(\.isTrained).map { ($0.parameterName(adapter: name), $0.role) }
    ) { first, _ in first }
  }
}
