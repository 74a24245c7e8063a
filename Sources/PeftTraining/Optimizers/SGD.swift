import CKernels
public import TunerKit

/// Stochastic gradient descent, with or without momentum. Weight decay is added to the gradient.
///
/// - SeeAlso: `torch.optim.SGD`; Sutskever et al., "On the Importance of Initialization and Momentum
///   in Deep Learning", 2013, for Nesterov's momentum.
public struct SGD: OptimizerMethod {
  public var momentum = 0.0
  public var dampening = 0.0
  public var isNesterov = false

  public init() {}

  public init(momentum: Double, dampening: Double = 0, isNesterov: Bool = false) {
    (self.momentum, self.dampening, self.isNesterov) = (momentum, dampening, isNesterov)
  }

  public static let name = "sgd"
  public static let defaultLearningRate = 1e-3

  public static let fields: [ConfigurationField<SGD>] = [
    ConfigurationField("momentum", \.momentum, "Momentum.", rule: .finite(from: 0)),
    ConfigurationField(
      "dampening", \.dampening, "Dampening: momentum adds 1 − dampening of the gradient.",
      rule: .finite(from: 0)),
    ConfigurationField("nesterov", \.isNesterov, "Whether to use Nesterov momentum."),
  ]

  public func validate() throws(ConfigurationError) {
    guard isNesterov else { return }
    if momentum == 0 {
      throw .contradiction(
        fields: ["nesterov"], problem: "nesterov looks ahead along a momentum, which is 0",
        fix: "set momentum, for example to 0.9")
    }
    if dampening != 0 {
      throw .contradiction(
        fields: ["nesterov"], problem: "nesterov goes without dampening, which is \(dampening)",
        fix: "set dampening to 0")
    }
  }

  public var isEntrywise: Bool { true }

  public func state(of shape: [Int]) -> [(name: String, count: Int)] {
    momentum == 0 ? [] : [("momentum_buffer", shape.reduce(1, *))]
  }

  public func step(_ step: OptimizerStep) {
    // The momentum buffer starts as the first gradient, without dampening.
    var parameters = ck_sgd_parameters(
      gradient_scale: step.gradientScale, weight_decay: Float(step.weightDecay),
      momentum: Float(momentum), one_minus_dampening: step.number == 1 ? 1 : Float(1 - dampening),
      gradient_factor: isNesterov ? 1 : 0, momentum_factor: isNesterov ? Float(momentum) : 1,
      learning_rate: Float(step.learningRate))
    if momentum == 0 {
      ck_sgd(step.count, &parameters, step.gradient, step.values)
    } else {
      ck_sgd_momentum(step.count, &parameters, step.gradient, step.state[0], step.values)
    }
  }
}
