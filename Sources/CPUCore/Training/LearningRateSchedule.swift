import PeftPlatform

/// How the learning rate changes from step to step, as `transformers.get_scheduler` has it.
public struct LearningRateSchedule: Hashable, Sendable {
  public enum Shape: Hashable, Sendable {
    case constant
    /// Down to zero in a straight line.
    case linear
    /// Down to zero along a cosine; half a cycle ends at zero, a whole one comes back up.
    case cosine(cycles: Double = 0.5)
    /// Down to a learning rate, along a power of what is left.
    case polynomial(power: Double = 1, endLearningRate: Double = 1e-7)
  }

  public var shape: Shape
  /// Steps in which the learning rate first rises from zero.
  public var warmupSteps: Int

  public init(_ shape: Shape = .constant, warmupSteps: Int = 0) {
    self.shape = shape
    self.warmupSteps = warmupSteps
  }

  /// What the learning rate is multiplied by.
  /// - Parameters:
  ///   - step: Counted from 0.
  ///   - total: All steps of the run.
  ///   - learningRate: The learning rate of the settings: a polynomial ends at a rate, not a factor.
  public func factor(step: Int, of total: Int, learningRate: Double) -> Double {
    if step < warmupSteps { return Double(step) / Double(max(1, warmupSteps)) }
    let decaySteps = Double(max(1, total - warmupSteps))
    let progress = Double(step - warmupSteps) / decaySteps
    switch shape {
    case .constant: return 1
    case .linear: return max(0, Double(total - step) / decaySteps)
    case .cosine(let cycles): return max(0, 0.5 * (1 + cos(.pi * cycles * 2 * progress)))
    case .polynomial(let power, let end):
      guard step < total else { return end / learningRate }
      return ((learningRate - end) * pow(1 - progress, power) + end) / learningRate
    }
  }
}
