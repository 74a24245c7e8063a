import PeftPlatform
public import TunerKit

/// A warm-up, then the same learning rate for most of the run, then a decay, as
/// `transformers.get_wsd_schedule`. The warm-up begins, and the decay ends, at a share of the rate.
///
/// - SeeAlso: Hu et al., "MiniCPM: Unveiling the Potential of Small Language Models with Scalable
///   Training Strategies", 2024, arXiv:2404.06395.
public struct WarmupStableDecaySchedule: LearningRateSchedule {
  /// How the rate rises or falls.
  public enum Curve: String, ConfigurationChoice {
    case linear, cosine
    case oneMinusRoot = "1-sqrt"
  }

  /// Steps between warm-up and decay; all of them where nil.
  public var stableSteps: Int?
  /// Steps of the decay. Required.
  public var decaySteps: Int?
  public var warmupType = Curve.linear
  public var decayType = Curve.cosine
  /// The lowest factor.
  public var minimumRatio = 0.0
  /// Cycles of a decay that is a cosine.
  public var cycles = 0.5

  public static let name = "warmup_stable_decay"

  public static let fields: [ConfigurationField<WarmupStableDecaySchedule>] = [
    ConfigurationField(
      "num_stable_steps", \.stableSteps, "Stable steps; all between warm-up and decay if null.",
      rule: .ifGiven(.within(0...1_000_000_000_000))),
    ConfigurationField(
      "num_decay_steps", \.decaySteps, "Decay steps; required.",
      rule: .ifGiven(.within(0...1_000_000_000_000))),
    ConfigurationField("warmup_type", \.warmupType, "Curve of the warm-up."),
    ConfigurationField("decay_type", \.decayType, "Curve of the decay."),
    ConfigurationField(
      "min_lr_ratio", \.minimumRatio, "Lowest learning rate, as a share of the highest.",
      rule: FieldRule("from 0 to 1") { 0...1 ~= $0 }),
    ConfigurationField(
      "num_cycles", \.cycles, "Cycles of a cosine decay; half a cycle decays once.",
      rule: .finite(from: 0)),
  ]

  public init() {}

  public init(decaySteps: Int, stableSteps: Int? = nil) {
    (self.decaySteps, self.stableSteps) = (decaySteps, stableSteps)
  }

  public var dependsOnLength: Bool { stableSteps == nil }

  public func validate(learningRate: Double) throws(ConfigurationError) {
    guard decaySteps == nil else { return }
    throw .contradiction(
      fields: ["num_decay_steps"],
      problem: "num_decay_steps is missing: nothing says how long the decay is",
      fix: "write 'num_decay_steps: 100', or another number of steps")
  }

  public func validate(in run: ScheduledRun) throws(ConfigurationError) {
    guard stableSteps == nil, let decaySteps, decaySteps > run.steps - run.warmupSteps
    else { return }
    throw .contradiction(
      fields: ["num_decay_steps"],
      problem: "the warm-up of \(run.warmupSteps) steps and the decay of \(decaySteps) are longer "
        + "than the run of \(run.steps)",
      fix: "lower num_decay_steps or the warm-up, or train longer")
  }

  public func warmupFactor(_ progress: Double) -> Double {
    let factor =
      switch warmupType {
      case .linear: progress
      case .cosine: 0.5 * (1 - cos(.pi * progress))
      case .oneMinusRoot: 1 - (1 - progress).squareRoot()
      }
    return raised(factor)
  }

  public func factor(step: Int, in run: ScheduledRun) -> Double {
    let decay = Double(decaySteps ?? 0)
    let stable = stableSteps.map(Double.init) ?? Double(run.steps - run.warmupSteps) - decay
    let past = Double(step - run.warmupSteps) - stable
    if past < 0 { return 1 }
    guard past < decay else { return minimumRatio }
    let progress = past / max(1, decay)
    let factor =
      switch decayType {
      case .linear: 1 - progress
      case .cosine: 0.5 * (1 + cos(.pi * cycles * 2 * progress))
      case .oneMinusRoot: 1 - progress.squareRoot()
      }
    return raised(factor)
  }

  /// What lies between 0 and 1, between the lowest factor and 1.
  private func raised(_ factor: Double) -> Double {
    max(0, factor * (1 - minimumRatio) + minimumRatio)
  }
}
