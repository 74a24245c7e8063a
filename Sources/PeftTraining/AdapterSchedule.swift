import TunerKit

/// A tuner's schedule in training: how it changes what it trains between steps, and its state.
final class AdapterSchedule {
  var memory: [String: [Float]] = [:]
  private let afterStep: @Sendable (inout TrainingStep) -> Void
  private let totalSteps: Int?
  /// The tuner's tensors among the trained ones, each with its index.
  private let tensors: [(place: Int, tensor: UpdateTensor)]

  /// - Parameter names: The names of all parameters that are trained.
  /// - Returns: Nil for a tuner without a schedule.
  init?(_ adapter: Adapter, trained names: [String], totalSteps: Int?) {
    guard let schedule = adapter.schedule else { return nil }
    afterStep = schedule
    self.totalSteps = totalSteps
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    tensors = adapter.tensors.compactMap { tensor in
      places[tensor.parameterName(adapter: adapter.name)].map { ($0, tensor) }
    }
  }

  /// Lets the tuner change what it trains.
  /// - Parameters:
  ///   - number: How many steps were made.
  ///   - values: The values of all trained parameters.
  ///   - gradients: Theirs, in the same order.
  ///   - scale: What gradients were multiplied by for the step.
  func run(
    after number: Int, _ values: [UnsafeMutableBufferPointer<Float>],
    gradients: [UnsafeBufferPointer<Float>], gradientScale scale: Float
  ) {
    var step = TrainingStep(
      number: number, total: totalSteps,
      tensors: tensors.map { place, tensor in
        TensorInTraining(
          tensor, values: Array(values[place]), gradient: gradients[place].map { $0 * scale })
      }, memory: memory)
    afterStep(&step)
    memory = step.memory
    // What the tuner has taken out of the list, or put in, changes nothing.
    for changed in step.tensors {
      guard let known = tensors.first(where: { $0.tensor == changed.tensor }) else { continue }
      for (entry, value) in changed.values.enumerated() { values[known.place][entry] = value }
    }
  }
}
