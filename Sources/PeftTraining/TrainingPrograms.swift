import CPUCore
import ModelGraph
import PeftAdapters
import PeftTensors

/// The programs of a training by the shapes of their batches. They take turns in one workspace.
final class TrainingPrograms {
  private let graph: TrainingGraph
  private let threads: Int?
  private let executors: RecentExecutors<Request>

  /// Batches that are measured with the same weights, as it is planned: an evaluation has several.
  private static let measuredBatches = 8

  private struct Request: Hashable {
    let shapes: [String: [Int]]
    let isTraining: Bool
  }

  init(
    _ graph: TrainingGraph, parameters: [Parameter.ID: Tensor], trained: TrainedParameters,
    threads: Int?, precision: Precision, step: TrainingGraph.Step
  ) {
    self.graph = graph
    self.threads = threads
    executors = RecentExecutors(parameters: parameters, trained: trained, threads: threads) {
      request in
      try request.isTraining
        ? graph.program(shapes: request.shapes, precision: precision, step: step)
        : Program(
          graph.measuring, shapes: request.shapes, precision: precision,
          runs: Self.measuredBatches)
    }
  }

  /// How many programs have been planned.
  var planCount: Int { executors.planCount }

  /// Bytes that the program for batches of such shapes takes in training.
  func byteCount(shapes: [String: [Int]]) throws -> Int {
    let shapes = shapes.merging(graph.scaleNames.map { ($0, []) }) { $1 }
    return try executors.program(Request(shapes: shapes, isTraining: true))
      .byteCount(threads: threads)
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

  /// The sum of a batch's losses, the number of correct predictions, and the output that is scored.
  func measures(of batch: TrainingBatch) throws -> [String: Tensor] {
    try run(batch.measured, seed: 0, fullLength: nil, isTraining: false)
  }

  /// Runs tasks on the threads of the programs.
  func runTasks(_ count: Int, _ body: (_ task: Int) -> Void) {
    guard let workspace = executors.workspace else { return runInTurn(count, body) }
    workspace.runTasks(count, body)
  }

  private func run(
    _ inputs: [String: Tensor], seed: UInt64, fullLength: Int?, isTraining: Bool
  ) throws -> [String: Tensor] {
    let request = Request(shapes: inputs.mapValues(\.shape), isTraining: isTraining)
    return try executors.executor(request).run(inputs, seed: seed, fullLength: fullLength)
  }
}

extension TrainingBatch {
  /// The inputs of a graph that measures: its loss is the sum over all entries that count.
  var measured: [String: Tensor] { inputs.merging([Loss.scaleName: Tensor([1], shape: [])]) { $1 } }
}

extension [String: Tensor] {
  /// An output that is one number.
  func scalar(_ name: String) -> Double { self[name].map { Double($0.floats()[0]) } ?? 0 }
}
