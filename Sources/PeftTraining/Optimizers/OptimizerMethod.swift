public import TunerKit

/// An optimizer: how gradients change parameters.
///
/// One type states everything about it: name and fields, defaults, what it keeps from step to step,
/// and the step itself. A line in `TrainingMethods.standard` makes it known; recipes, help, flags,
/// plans of memory and saved states follow.
public protocol OptimizerMethod: RecipeMethod {
  /// The learning rate where a recipe gives none.
  static var defaultLearningRate: Double { get }

  /// The weight decay where a recipe gives none.
  static var defaultWeightDecay: Double { get }

  /// What is kept from step to step for a parameter of that shape: every tensor with the name that
  /// PyTorch gives it, and its size. All start at zero.
  func state(of shape: [Int]) -> [(name: String, count: Int)]

  /// Whether every entry follows from its own gradient and state alone, all of the parameter's size: then
  /// a step may be of a block of a parameter, and blocks are shared out among threads. False unless stated.
  var isEntrywise: Bool { get }

  /// Changes one parameter in place. Several threads do so at a time, each a parameter of its own, or a
  /// block of its own.
  func step(_ step: OptimizerStep)

  /// Checks what no single field can tell.
  func validate() throws(ConfigurationError)
}

extension OptimizerMethod {
  public static var defaultWeightDecay: Double { 0 }
  public var isEntrywise: Bool { false }
  public func validate() throws(ConfigurationError) {}
}

/// One step of one parameter, or of a block of its entries: what an optimizer reads and changes.
public struct OptimizerStep {
  /// The number of this step, counted from 1.
  public let number: Int
  /// The parameter's learning rate: the schedule and its own factor are applied.
  public let learningRate: Double
  /// 0 where the parameter is exempt.
  public let weightDecay: Double
  /// What every entry of the gradient is multiplied by before anything else, to clip it.
  public let gradientScale: Float
  /// The whole parameter's shape, as PyTorch has it.
  public let shape: [Int]
  /// How many entries are changed, at least 1.
  public let count: Int
  public let gradient: UnsafePointer<Float>
  /// The tensors of `OptimizerMethod.state(of:)`, in that order.
  public let state: [UnsafeMutablePointer<Float>]
  /// The parameter.
  public let values: UnsafeMutablePointer<Float>

  /// What decoupled weight decay leaves of a weight.
  var decayFactor: Float { Float(1 - learningRate * weightDecay) }
}
