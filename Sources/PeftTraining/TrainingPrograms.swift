import CPUCore
import ModelGraph
import PeftAdapters
import PeftTensors

/// The programs of a training by the shapes of their batches. They take turns in one workspace.
final class TrainingPrograms {
  private let graph: TrainingGraph
  private let parameters: [Parameter.ID: Tensor]
  private let trained: TrainedParameters
  private let threads: Int?
  private let precision: Precision
  private let step: TrainingGraph.Step
  private let rounded = RoundedParameters()
  private var workspace: Workspace?
  private var known: [Request: Planned] = [:]
  private var uses = 0
  /// How many programs have been planned.
  private(set) var planCount = 0

  /// Programs that are kept: more than the lengths that a file's batches have. Each takes a few megabytes.
  private static let mostKept = 32

  /// Batches that are measured with the same weights, as it is planned: an evaluation has several.
  private static let measuredBatches = 8

  private struct Planned {
    let program: Program
    var executor: Executor?
    var lastUse: Int
  }

  private struct Request: Hashable {
    let shapes: [String: [Int]]
    let isTraining: Bool
  }

  init(
    _ graph: TrainingGraph, parameters: [Parameter.ID: Tensor], trained: TrainedParameters,
    threads: Int?, precision: Precision, step: TrainingGraph.Step
  ) {
    self.graph = graph
    self.parameters = parameters
    self.trained = trained
    self.threads = threads
    self.precision = precision
    self.step = step
  }

  /// Bytes that the program for batches of such shapes takes in training.
  func byteCount(shapes: [String: [Int]]) throws -> Int {
    let shapes = shapes.merging(graph.scaleNames.map { ($0, []) }) { $1 }
    return try program(Request(shapes: shapes, isTraining: true)).byteCount(threads: threads)
  }

  /// The loss of a batch and its gradients.
  /// - Parameters:
  ///   - scale: What the sum of the batch's losses is multiplied with.
  ///   - share: What the adapter's own terms of the loss are.
  func gradients(
    of batch: TrainingBatch, scale: Float, share: Float, seed: UInt64
  ) throws -> [String: Tensor] {
    var inputs = batch.inputs
    for (name, number) in [Loss.scaleName: scale, Loss.termScaleName: share]
    where graph.scaleNames.contains(name) {
      inputs[name] = Tensor([number], shape: [])
    }
    return try run(inputs, seed: seed, fullLength: batch.fullLength, isTraining: true)
  }

  /// The sum of a batch's losses, and the number of correct predictions.
  func measures(of batch: TrainingBatch) throws -> [String: Tensor] {
    var inputs = batch.inputs
    inputs[Loss.scaleName] = Tensor([1], shape: [])
    return try run(inputs, seed: 0, fullLength: nil, isTraining: false)
  }

  /// Runs tasks on the threads of the programs.
  func runTasks(_ count: Int, _ body: (_ task: Int) -> Void) {
    guard let workspace else { return runInTurn(count, body) }
    workspace.runTasks(count, body)
  }

  private func run(
    _ inputs: [String: Tensor], seed: UInt64, fullLength: Int?, isTraining: Bool
  ) throws -> [String: Tensor] {
    let request = Request(shapes: inputs.mapValues(\.shape), isTraining: isTraining)
    return try executor(request).run(inputs, seed: seed, fullLength: fullLength)
  }

  private func executor(_ request: Request) throws -> Executor {
    let program = try program(request)
    if let executor = known[request]?.executor { return executor }
    let workspace = try self.workspace ?? Workspace(threads: threads)
    self.workspace = workspace
    let executor = try Executor(
      program, parameters: parameters, trained: trained, rounded: rounded, workspace: workspace)
    known[request]?.executor = executor
    return executor
  }

  private func program(_ request: Request) throws -> Program {
    uses += 1
    if let planned = known[request] {
      known[request]?.lastUse = uses
      return planned.program
    }
    let program =
      try request.isTraining
      ? graph.program(shapes: request.shapes, precision: precision, step: step)
      : Program(
        graph.measuring, shapes: request.shapes, precision: precision, runs: Self.measuredBatches)
    planCount += 1
    if known.count == Self.mostKept,
      let oldest = known.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      known[oldest.key] = nil
    }
    known[request] = Planned(program: program, lastUse: uses)
    return program
  }
}

extension [String: Tensor] {
  /// An output that is one number.
  func scalar(_ name: String) -> Double { self[name].map { Double($0.floats()[0]) } ?? 0 }
}
