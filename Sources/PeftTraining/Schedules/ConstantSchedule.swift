/// The same learning rate throughout, as `transformers.get_constant_schedule_with_warmup`.
public struct ConstantSchedule: LearningRateSchedule {
  public static let name = "constant"

  public init() {}

  public var dependsOnLength: Bool { false }

  public func factor(step: Int, in run: ScheduledRun) -> Double { 1 }
}
