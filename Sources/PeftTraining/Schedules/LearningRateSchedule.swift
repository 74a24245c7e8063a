public import TunerKit

/// A learning-rate schedule: what a step's learning rate is, as a factor of the optimizer's.
///
/// A run begins with warm-up steps, as many as the recipe says; the schedule's own part comes after
/// them. One type states everything, and a line in `TrainingMethods.standard` makes it known.
public protocol LearningRateSchedule: RecipeMethod {
  /// Whether factors depend on the length of the run.
  var dependsOnLength: Bool { get }

  /// The factor in the warm-up.
  /// - Parameter progress: From 0 in the first step up to, but not including, 1.
  func warmupFactor(_ progress: Double) -> Double

  /// The factor after the warm-up.
  /// - Parameter step: Counted from 0, from the run's beginning.
  func factor(step: Int, in run: ScheduledRun) -> Double

  /// Checks what no single field can tell.
  func validate(learningRate: Double) throws(ConfigurationError)

  /// Checks whether it fits a run, once the length of that is known.
  func validate(in run: ScheduledRun) throws(ConfigurationError)
}

extension LearningRateSchedule {
  public var dependsOnLength: Bool { true }
  public func warmupFactor(_ progress: Double) -> Double { progress }
  public func validate(learningRate: Double) throws(ConfigurationError) {}
  public func validate(in run: ScheduledRun) throws(ConfigurationError) {}
}

/// A run as a schedule sees it.
public struct ScheduledRun: Hashable, Sendable {
  /// All steps.
  public let steps: Int
  public let warmupSteps: Int
  /// The optimizer's learning rate, for what is given as a rate and not as a factor.
  public let learningRate: Double

  public init(steps: Int, warmupSteps: Int, learningRate: Double) {
    self.steps = steps
    self.warmupSteps = warmupSteps
    self.learningRate = learningRate
  }

  /// The steps after the warm-up; 1 where there are none.
  public var stepsAfterWarmup: Double { Double(max(1, steps - warmupSteps)) }

  /// How much of the part after the warm-up is over, from 0 to 1.
  public func progress(at step: Int) -> Double { Double(step - warmupSteps) / stepsAfterWarmup }
}
