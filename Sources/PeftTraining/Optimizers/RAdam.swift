import PeftPlatform
public import TunerKit

/// RAdam: Adam whose step is rectified by the variance of its second moment, which is large as long as
/// few gradients have gone into it. Weight decay is added to the gradient, or decoupled.
///
/// With `t` the number of the step, `ρ∞ = 2 / (1 − beta2) − 1` and
/// `ρ = ρ∞ − 2 · t · beta2ᵗ / (1 − beta2ᵗ)`, a step is Adam's times
/// `√((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ))`. Up to `ρ = 5` it is the first moment alone.
/// - SeeAlso: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020,
///   arXiv:1908.03265; `torch.optim.RAdam`.
public struct RAdam: OptimizerMethod, AdamMethod {
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  /// Whether weights shrink independently of the gradient, as in AdamW.
  public var hasDecoupledWeightDecay = false

  public init() {}

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    hasDecoupledWeightDecay: Bool = false
  ) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    self.hasDecoupledWeightDecay = hasDecoupledWeightDecay
  }

  public static let name = "radam"
  public static let defaultLearningRate = 1e-3

  public static let fields: [ConfigurationField<RAdam>] =
    adamFields + [
      ConfigurationField(
        "decoupled_weight_decay", \.hasDecoupledWeightDecay,
        "Whether weight decay is decoupled from the gradient, as in AdamW.")
    ]

  public var isEntrywise: Bool { true }

  public func state(of shape: [Int]) -> [(name: String, count: Int)] { averages(of: shape) }

  public func step(_ step: OptimizerStep) {
    take(step) { parameters in
      if hasDecoupledWeightDecay {
        parameters.decay_factor = step.decayFactor
      } else {
        parameters.weight_decay = Float(step.weightDecay)
      }
      if let rectification = rectification(atStep: step.number) {
        parameters.step_size *= Float(rectification)
        // Unlike Adam's, epsilon is added to the root before its bias correction.
        parameters.epsilon /= parameters.bias_correction2_sqrt
      } else {
        // The denominator becomes 1.
        (parameters.bias_correction2_sqrt, parameters.epsilon) = (.infinity, 1)
      }
    }
  }

  /// The factor on Adam's step; nil where the variance is not tractable yet.
  private func rectification(atStep number: Int) -> Double? {
    let decayed = pow(beta2, Double(number))
    let limit = 2 / (1 - beta2) - 1
    let length = limit - 2 * Double(number) * decayed / (1 - decayed)
    guard length > 5 else { return nil }
    return
      ((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)).squareRoot()
  }
}
