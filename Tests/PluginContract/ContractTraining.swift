import Peft

/// A case of the contract in training: its answers are to become other numbers.
struct ContractTraining {
  let base: Model
  let weights: AdapterWeights
  let training: AdapterTraining
  private let batch: TrainingBatch

  init(_ item: ContractCase<some TunerConfiguration>) throws {
    base = try item.model.filled()
    weights = try item.trained(on: base)
    var inputs = item.model.inputs
    let name = TrainingObjective.regression(count: 1).measuredOutput
    guard let answer = try base(inputs)[name] else {
      preconditionFailure("\(item.name) has no output \(name)")
    }
    let wanted = Numbers.pseudorandom(Loss.labelsName, shape: answer.shape).values
    inputs[Loss.labelsName] = Tensor(wanted.map { Float($0) }, shape: answer.shape)
    batch = TrainingBatch(inputs: inputs, countedEntries: answer.count, tokenCount: 0)
    training = try AdapterTraining(
      weights, on: base,
      settings: AdapterTraining.Settings(
        objective: .regression(count: answer.shape.last ?? 1),
        optimizer: OptimizerRecipe(weightDecay: 0)))
  }

  /// The bits of all the base's numbers, by the names of the parameters.
  var baseBits: [String: [UInt32]] {
    var tensors: [String: Tensor] = [:]
    for parameter in base.graph.parameters {
      tensors[parameter.name] = base.graph.parameter(named: parameter.name)
        .flatMap { base.tensor(of: $0) }
    }
    return tensors.bits
  }

  /// The loss before the step.
  @discardableResult
  func step(learningRate: Double = 1e-3) throws -> Double {
    try training.step([batch], learningRate: learningRate, seed: 5).loss
  }

  /// Whether the loss depends on a tensor: a basis with nothing but zeros leaves its factors alone.
  func hasGradient(_ name: String) throws -> Bool {
    try training.gradients(of: batch, seed: 5)[name]?.floats().contains { $0 != 0 } ?? false
  }

  /// What the loss does a little to both sides of the start, along the gradient of one tensor: its slope,
  /// and what the gradient says it is.
  func slopes(along name: String) throws -> (found: Double, expected: Double) {
    let start = training.trainedTensors
    guard let tensor = start[name],
      let gradient = try training.gradients(of: batch, seed: 5)[name]?.floats().map(Double.init)
    else { return (.nan, .nan) }
    let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { return (0, 0) }
    let state = training.optimizer.state
    func loss(distance: Double) throws -> Double {
      let entries = zip(tensor.floats(), gradient).map { $0 + Float(distance / length * $1) }
      let moved = start.merging([name: Tensor(entries, shape: tensor.shape)]) { $1 }
      try training.restore(moved, optimizerState: state, stepCount: 0)
      return try step(learningRate: 0)
    }
    defer { try? training.restore(start, optimizerState: state, stepCount: 0) }
    let distance = 4e-3
    return (try (loss(distance: distance) - loss(distance: -distance)) / (2 * distance), length)
  }
}

extension AdapterWeights {
  /// The bits of all its numbers, by the names of the parameters.
  var bits: [String: [UInt32]] { tensors.bits }
}

extension [String: Tensor] {
  fileprivate var bits: [String: [UInt32]] { mapValues { $0.floats().map(\.bitPattern) } }
}

extension ContractCase {
  /// The trained tensors along which the loss has the slope of its gradient: all but those whose lengths
  /// are taken for constants.
  var tensorsWithSlopes: [String] {
    let constant = Set(adapter.updates.flatMap { $0.update.tensorsInLengths })
    return adapter.tensors.filter { $0.isTrained && !constant.contains($0) }
      .map { $0.parameterName(adapter: adapter.name) }
  }
}

extension WeightUpdate {
  /// The tensors that lengths of rows depend on.
  fileprivate var tensorsInLengths: Set<UpdateTensor> {
    switch self {
    case .inverseRowLengths(let a): a.allTensors
    default: parts.reduce(into: []) { $0.formUnion($1.tensorsInLengths) }
    }
  }

  private var allTensors: Set<UpdateTensor> {
    if case .tensor(let tensor) = self { return [tensor] }
    return parts.reduce(into: []) { $0.formUnion($1.allTensors) }
  }
}
