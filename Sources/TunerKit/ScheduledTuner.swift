/// A tuner that changes what it trains by a schedule between the steps of training: one that takes ranks
/// away where they matter least, for example.
public protocol ScheduledTuner: Tuner {
  /// Called after every optimizer step.
  ///
  /// It has to depend on its argument alone, so that a resumed run has the same bits.
  func afterStep(_ step: inout TrainingStep)
}

extension ScheduledTuner {
  /// What it does after every step.
  var schedule: @Sendable (inout TrainingStep) -> Void {
    { (step: inout TrainingStep) in afterStep(&step) }
  }
}

/// What a schedule sees of a step of training, and may change.
public struct TrainingStep: Sendable {
  /// How many steps were made, this one included.
  public let number: Int
  /// Steps of the whole run; nil where it is not known.
  public let total: Int?
  /// What the tuner trains, in the order in which the adapter has it.
  public var tensors: [TensorInTraining]
  /// The schedule's state, under names of its own: finite values. It is empty at first, and saved with
  /// the state of a run.
  public var memory: [String: [Float]]

  package init(
    number: Int, total: Int?, tensors: [TensorInTraining], memory: [String: [Float]]
  ) {
    self.number = number
    self.total = total
    self.tensors = tensors
    self.memory = memory
  }
}

/// A trained tensor after a step.
public struct TensorInTraining: Sendable {
  /// Which one it is: its name, its module, its shape.
  public let tensor: UpdateTensor
  /// Its entries, the last axis fastest.
  public private(set) var values: [Float]
  /// The gradient of the step, after clipping.
  public let gradient: [Float]

  package init(_ tensor: UpdateTensor, values: [Float], gradient: [Float]) {
    self.tensor = tensor
    self.values = values
    self.gradient = gradient
  }

  /// One entry.
  public subscript(entry: Int) -> Float {
    get { values[entry] }
    set { values[entry] = newValue }
  }
}
