import PeftPlatform
public import TunerKit

/// Along a cosine, as `transformers.get_cosine_schedule_with_warmup`: half a cycle ends at zero, a whole
/// one comes back up.
public struct CosineSchedule: LearningRateSchedule {
  public var cycles = 0.5

  public static let name = "cosine"

  public static let fields: [ConfigurationField<CosineSchedule>] = [
    ConfigurationField(
      "cycles", \.cycles, "Cosine cycles; half a cycle decays once.", rule: .finite(from: 0))
  ]

  public init() {}

  public init(cycles: Double) { self.cycles = cycles }

  public func factor(step: Int, in run: ScheduledRun) -> Double {
    max(0, 0.5 * (1 + cos(.pi * cycles * 2 * run.progress(at: step))))
  }
}
