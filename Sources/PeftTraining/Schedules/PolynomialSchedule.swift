import PeftPlatform
public import TunerKit

/// Down to a learning rate along a power of what is left of the run, as
/// `transformers.get_polynomial_decay_schedule_with_warmup`.
public struct PolynomialSchedule: LearningRateSchedule {
  public var power = 1.0
  public var endLearningRate = 1e-7

  public static let name = "polynomial"

  public static let fields: [ConfigurationField<PolynomialSchedule>] = [
    ConfigurationField("power", \.power, "Power of the polynomial.", rule: .finite(from: 0)),
    ConfigurationField(
      "end_learning_rate", \.endLearningRate, "Learning rate at the end.", rule: .finite(from: 0)),
  ]

  public init() {}

  public init(power: Double = 1, endLearningRate: Double = 1e-7) {
    (self.power, self.endLearningRate) = (power, endLearningRate)
  }

  public func validate(learningRate: Double) throws(ConfigurationError) {
    guard endLearningRate >= learningRate else { return }
    throw .contradiction(
      fields: ["end_learning_rate", "learning_rate"],
      problem: "the learning rate ends at \(endLearningRate), which is not below the "
        + "\(learningRate) that it starts from",
      fix: "lower end_learning_rate")
  }

  public func factor(step: Int, in run: ScheduledRun) -> Double {
    let (start, end) = (run.learningRate, endLearningRate)
    guard step < run.steps else { return end / start }
    return ((start - end) * pow(1 - run.progress(at: step), power) + end) / start
  }
}
