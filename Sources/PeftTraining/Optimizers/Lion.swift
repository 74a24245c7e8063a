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

  public var isEntrywise: Bool { true }

  public func state(of shape: [Int]) -> [(name: String, count: Int)] {
    [("exp_avg", shape.reduce(1, *))]
  }

  public func step(_ step: OptimizerStep) {
    var parameters = ck_lion_parameters(
      gradient_scale: step.gradientScale, beta1: Float(beta1), one_minus_beta1: Float(1 - beta1),
      beta2: Float(beta2), one_minus_beta2: Float(1 - beta2), decay_factor: step.decayFactor,
      learning_rate: Float(step.learningRate))
    ck_lion(step.count, &parameters, step.gradient, step.state[0], step.values)
  }
}
