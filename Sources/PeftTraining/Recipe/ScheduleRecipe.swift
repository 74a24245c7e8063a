public import CPUCore

/// How a recipe's learning rate changes, whatever the number of steps turns out to be.
public struct ScheduleRecipe: Hashable, Sendable {
  public var shape: LearningRateSchedule.Shape
  public var warmup: Warmup

  public enum Warmup: Hashable, Sendable {
    case steps(Int)
    /// A share of all steps.
    case ratio(Double)
  }

  public init(_ shape: LearningRateSchedule.Shape = .constant, warmup: Warmup = .steps(0)) {
    self.shape = shape
    self.warmup = warmup
  }

  /// Whether a step's rate is another one in a longer run.
  var dependsOnLength: Bool {
    if case .ratio = warmup { return true }
    return shape != .constant
  }

  /// The schedule of a run of so many steps. A share of them is rounded up, as in `transformers`.
  public func schedule(of total: Int) -> LearningRateSchedule {
    let steps =
      switch warmup {
      case .steps(let steps): steps
      case .ratio(let ratio): Int((Double(total) * ratio).rounded(.up))
      }
    return LearningRateSchedule(shape, warmupSteps: steps)
  }
}
