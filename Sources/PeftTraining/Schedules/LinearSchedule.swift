/// Down to zero in a straight line, as `transformers.get_linear_schedule_with_warmup`.
public struct LinearSchedule: LearningRateSchedule {
  public static let name = "linear"

  public init() {}

  public func factor(step: Int, in run: ScheduledRun) -> Double {
    max(0, Double(run.steps - step) / run.stepsAfterWarmup)
  }
}
