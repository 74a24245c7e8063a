package import CPUCore

/// Updates parameters by their gradients, and keeps the method's state.
///
/// Every parameter is updated separately, in the order of PyTorch's operations: results equal those of
/// `torch.optim` up to rounding.
public final class Optimizer {
  public let method: any OptimizerMethod
  public let parameters: [OptimizedParameter]
  /// Steps made so far.
  public internal(set) var stepCount = 0
  let memory: OptimizerMemory
  private let tasks: [Task]

  public init(_ method: any OptimizerMethod, parameters: [OptimizedParameter]) {
    self.method = method
    self.parameters = parameters
    memory = OptimizerMemory(parameters.map { method.state(of: $0.shape) })
    tasks = parameters.enumerated().flatMap { index, parameter in
      Task.tasks(of: index, count: parameter.count, isEntrywise: method.isEntrywise)
    }
  }

  /// Bytes that the state takes.
  public var byteCount: Int { Self.byteCount(method, shapes: parameters.map(\.shape)) }

  /// Bytes that the state of parameters of such shapes takes.
  public static func byteCount(_ method: any OptimizerMethod, shapes: [[Int]]) -> Int {
    shapes.reduce(0) { $0 + method.state(of: $1).reduce(0) { $0 + $1.count } }
      * MemoryLayout<Float>.stride
  }

  /// Changes all parameters in place by one step.
  /// - Parameters:
  ///   - learningRate: The learning rate of this step, to which a schedule has been applied.
  ///   - values: The parameters' entries, in the order of `parameters`.
  ///   - gradients: In the same order.
  ///   - gradientScale: What gradients are multiplied by first, to clip them.
  /// - Precondition: There are as many entries and gradients as parameters say.
  public func step(
    learningRate: Double, _ values: [UnsafeMutableBufferPointer<Float>],
    gradients: [UnsafeBufferPointer<Float>], gradientScale: Float = 1
  ) {
    step(
      learningRate: learningRate, values, gradients: gradients, gradientScale: gradientScale,
      on: runInTurn)
  }

  /// The same bits, however the tasks are run.
  package func step(
    learningRate: Double, _ values: [UnsafeMutableBufferPointer<Float>],
    gradients: [UnsafeBufferPointer<Float>], gradientScale: Float, on run: TaskRunner
  ) {
    precondition(
      values.map(\.count) == parameters.map(\.count)
        && gradients.map(\.count) == parameters.map(\.count),
      "values and gradients do not fit \(parameters.count) parameters")
    run(tasks.count) { number in
      let task = tasks[number]
      let parameter = parameters[task.parameter]
      guard let values = values[task.parameter].baseAddress,
        let gradient = gradients[task.parameter].baseAddress
      else { return }
      let first = task.entries.lowerBound
      method.step(
        OptimizerStep(
          number: stepCount + 1, learningRate: learningRate * parameter.learningRateFactor,
          weightDecay: parameter.weightDecay, gradientScale: gradientScale,
          shape: parameter.shape, count: task.entries.count, gradient: gradient + first,
          state: memory.tensors[task.parameter].map { $0.values + first }, values: values + first))
    }
    stepCount += 1
  }

  /// A parameter, or a block of one whose entries are independent.
  private struct Task {
    let parameter: Int
    let entries: Range<Int>

    private static let blockEntries = 1 << 16

    static func tasks(of parameter: Int, count: Int, isEntrywise: Bool) -> [Task] {
      let size = isEntrywise ? blockEntries : max(1, count)
      return stride(from: 0, to: count, by: size).map { first in
        Task(parameter: parameter, entries: first..<min(count, first + size))
      }
    }
  }
}

/// One trained tensor as the optimizer sees it.
public struct OptimizedParameter: Hashable, Sendable {
  public let name: String
  public let shape: [Int]
  /// What its learning rate is, relative to the others.
  public var learningRateFactor: Double
  public var weightDecay: Double

  /// The number of entries.
  public var count: Int { shape.reduce(1, *) }

  public init(
    name: String, shape: [Int], learningRateFactor: Double = 1, weightDecay: Double = 0
  ) {
    self.name = name
    self.shape = shape
    self.learningRateFactor = learningRateFactor
    self.weightDecay = weightDecay
  }
}
