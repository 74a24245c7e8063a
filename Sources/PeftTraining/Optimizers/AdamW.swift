import CKernels
public import TunerKit

/// Adam with decoupled weight decay: weights shrink by themselves, whatever the gradient is.
///
/// - SeeAlso: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019,
///   arXiv:1711.05101; `torch.optim.AdamW`.
public struct AdamW: OptimizerMethod, WithBetas {
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8

  public init() {}

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
  }

  public static let name = "adamw"
  public static let defaultLearningRate = 1e-3
  public static let defaultWeightDecay = 0.01

  public static let fields: [ConfigurationField<AdamW>] = [
    betasField("Decay rates of the averages of the gradient and of its square."),
    ConfigurationField(
      "eps", \.epsilon, "Epsilon, added to the denominator.", rule: .finite(from: 0)),
  ]

  public func state(of shape: [Int]) -> [(name: String, count: Int)] { adam.state(of: shape) }

  public func step(_ step: OptimizerStep) {
    var rates = adam.rates(of: step)
    rates.shrink = step.decayFactor
    ck_adam(step.count, &rates, step.gradient, step.state[0], step.state[1], step.values)
  }

  private var adam: Adam { Adam(beta1: beta1, beta2: beta2, epsilon: epsilon) }
}
