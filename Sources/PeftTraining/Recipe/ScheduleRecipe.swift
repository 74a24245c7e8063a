import TunerKit

/// A recipe's learning-rate schedule, whatever the number of steps turns out to be.
public struct ScheduleRecipe: Sendable {
  public var method: any LearningRateSchedule
  public var warmup: Warmup

  public enum Warmup: Hashable, Sendable {
    case steps(Int)
    /// A share of all steps.
    case ratio(Double)
  }

  public init(
    _ method: any LearningRateSchedule = ConstantSchedule(), warmup: Warmup = .steps(0)
  ) {
    self.method = method
    self.warmup = warmup
  }

  /// What the learning rate is multiplied by.
  /// - Parameters:
  ///   - step: Counted from 0.
  ///   - total: All steps of the run.
  ///   - learningRate: The optimizer's learning rate.
  public func factor(step: Int, of total: Int, learningRate: Double) -> Double {
    let run = run(of: total, learningRate: learningRate)
    guard step < run.warmupSteps else { return method.factor(step: step, in: run) }
    return method.warmupFactor(Double(step) / Double(max(1, run.warmupSteps)))
  }

  /// The steps of the warm-up. A share of all steps is rounded up, as in `transformers`.
  public func warmupSteps(of total: Int) -> Int {
    switch warmup {
    case .steps(let steps): steps
    case .ratio(let ratio): Int((Double(total) * ratio).rounded(.up))
    }
  }

  /// A run of so many steps.
  func run(of total: Int, learningRate: Double) -> ScheduledRun {
    ScheduledRun(steps: total, warmupSteps: warmupSteps(of: total), learningRate: learningRate)
  }

  /// Checks whether the schedule fits a run of so many steps. That the warm-up is longer than the run
  /// is for the caller to say.
  func validate(of total: Int, learningRate: Double) throws(ConfigurationError) {
    let run = run(of: total, learningRate: learningRate)
    guard run.warmupSteps <= total else { return }
    try method.validate(in: run)
  }

  /// Whether a step's rate is another one in a longer run.
  var dependsOnLength: Bool {
    if case .ratio = warmup { return true }
    return method.dependsOnLength
  }
}

extension ScheduleRecipe: Hashable {
  // A recipe is what its fields say.
  public static func == (a: Self, b: Self) -> Bool { a.written == b.written }
  public func hash(into hasher: inout Hasher) { hasher.combine(written) }
}
