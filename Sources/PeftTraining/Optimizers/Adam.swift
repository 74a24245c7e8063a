import CKernels
import PeftPlatform
public import TunerKit

/// Adam: a step is the average gradient over the root of the average squared gradient. Weight decay
/// is a part of the gradient.
///
/// - SeeAlso: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, arXiv:1412.6980;
///   `torch.optim.Adam`.
public struct Adam: OptimizerMethod, WithBetas {
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8

  public init() {}

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
  }

  public static let name = "adam"
  public static let defaultLearningRate = 1e-3

  public static let fields: [ConfigurationField<Adam>] = [
    betasField("Decay rates of the averages of the gradient and of its square."),
    ConfigurationField(
      "eps", \.epsilon, "Epsilon, added to the denominator.", rule: .finite(from: 0)),
  ]

  public func state(of shape: [Int]) -> [(name: String, count: Int)] {
    let count = shape.reduce(1, *)
    return [("exp_avg", count), ("exp_avg_sq", count)]
  }

  public func step(_ step: OptimizerStep) {
    var rates = rates(of: step)
    rates.decay = Float(step.weightDecay)
    ck_adam(step.count, &rates, step.gradient, step.state[0], step.state[1], step.values)
  }

  /// The kernel's numbers without weight decay, with the corrections for averages that start at zero.
  func rates(of step: OptimizerStep) -> ck_adam_rates {
    let number = Double(step.number)
    return ck_adam_rates(
      gradient: step.gradientScale, decay: 0, mix1: Float(1 - beta1), keep2: Float(beta2),
      mix2: Float(1 - beta2), shrink: 1,
      step: Float(step.learningRate / (1 - pow(beta1, number))),
      correction: Float((1 - pow(beta2, number)).squareRoot()), epsilon: Float(epsilon))
  }
}
