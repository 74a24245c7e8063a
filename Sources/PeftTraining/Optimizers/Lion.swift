import CKernels
public import TunerKit

/// Lion: every entry moves by the learning rate times the sign of an average of gradients. Weight
/// decay is decoupled.
///
/// Defaults and rule are the paper's; PyTorch has no Lion.
/// - SeeAlso: Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, arXiv:2302.06675.
public struct Lion: OptimizerMethod, WithBetas {
  public var beta1 = 0.9
  public var beta2 = 0.99

  public init() {}

  public init(beta1: Double = 0.9, beta2: Double = 0.99) {
    (self.beta1, self.beta2) = (beta1, beta2)
  }

  public static let name = "lion"
  public static let defaultLearningRate = 1e-4

  public static let fields: [ConfigurationField<Lion>] = [
    betasField("Beta1 mixes momentum and gradient to a step; beta2 is the momentum's decay rate.")
  ]

  public func state(of shape: [Int]) -> [(name: String, count: Int)] {
    [("exp_avg", shape.reduce(1, *))]
  }

  public func step(_ step: OptimizerStep) {
    var rates = ck_lion_rates(
      gradient: step.gradientScale, keep1: Float(beta1), mix1: Float(1 - beta1),
      keep2: Float(beta2), mix2: Float(1 - beta2), shrink: step.decayFactor,
      step: Float(step.learningRate))
    ck_lion(step.count, &rates, step.gradient, step.state[0], step.values)
  }
}
