import CPUCore
import ModelGraph
import PeftAdapters
import PeftTensors

/// The programs of a training by the shapes of their batches. One at a time has memory.
final class TrainingPrograms {
  private let graph: TrainingGraph
  private let parameters: [Parameter.ID: Tensor]
  private let trained: TrainedParameters
  private let threads: Int?
  private let precision: Precision
  private let rounded = RoundedParameters()
  private var programs: [Request: Program] = [:]
  private var current: (request: Request, executor: Executor)?

  private struct Request: Hashable {
    let shapes: [String: [Int]]
    let isTraining: Bool
  }

  init(
    _ graph: TrainingGraph, parameters: [Parameter.ID: Tensor], trained: TrainedParameters,
    threads: Int?, precision: Precision
  ) {
    self.graph = graph
    self.parameters = parameters
    self.trained = trained
    self.threads = threads
    self.precision = precision
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
    return try run(inputs, seed: seed, isTraining: true)
  }

  /// The sum of a batch's losses, and the number of correct predictions.
  func measures(of batch: TrainingBatch) throws -> [String: Tensor] {
    var inputs = batch.inputs
    inputs[Loss.scaleName] = Tensor([1], shape: [])
    return try run(inputs, seed: 0, isTraining: false)
  }

  private func run(
    _ inputs: [String: Tensor], seed: UInt64, isTraining: Bool
  ) throws -> [String: Tensor] {
    let request = Request(shapes: inputs.mapValues(\.shape), isTraining: isTraining)
    if let current, current.request == request {
      return try current.executor.run(inputs, seed: seed)
    }
    // The other program's memory is freed first.
    current = nil
    let executor = try Executor(
      program(request), parameters: parameters, trained: trained, rounded: rounded,
      threads: threads)
    current = (request, executor)
    return try executor.run(inputs, seed: seed)
  }

  private func program(_ request: Request) throws -> Program {
    if let known = programs[request] { return known }
    let program =
      try request.isTraining
      ? graph.program(shapes: request.shapes, precision: precision)
      : Program(graph.measuring, shapes: request.shapes, precision: precision)
    programs[request] = program
    return program
  }
}

extension [String: Tensor] {
  /// An output that is one number.
  func scalar(_ name: String) -> Double { self[name].map { Double($0.floats()[0]) } ?? 0 }
}
