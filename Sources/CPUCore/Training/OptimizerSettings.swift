/// How gradients move parameters: a method with its own numbers, a learning rate, a weight decay.
///
/// Methods and defaults are PyTorch's; Lion's are those of its paper.
public struct OptimizerSettings: Hashable, Sendable {
  public enum Method: Hashable, Sendable {
    /// Moments of the gradient, and weights that decay by themselves.
    /// - SeeAlso: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019,
    ///   arXiv:1711.05101.
    case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    /// Moments of the gradient; weight decay is a part of the gradient.
    /// - SeeAlso: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, arXiv:1412.6980.
    case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    /// Gradient descent; weight decay is a part of the gradient.
    case sgd(momentum: Double = 0, dampening: Double = 0, isNesterov: Bool = false)
    /// The sign of a moment, and weights that decay by themselves.
    /// - SeeAlso: Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023,
    ///   arXiv:2302.06675.
    case lion(beta1: Double = 0.9, beta2: Double = 0.99)
  }

  public var method: Method
  public var learningRate: Double
  public var weightDecay: Double

  public init(_ method: Method = .adamW(), learningRate: Double, weightDecay: Double = 0) {
    self.method = method
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }
}

extension OptimizerSettings.Method {
  /// What is kept from step to step for each parameter, as PyTorch calls it.
  var stateNames: [String] {
    switch self {
    case .adamW, .adam: ["exp_avg", "exp_avg_sq"]
    case .sgd(momentum: 0, _, _): []
    case .sgd: ["momentum_buffer"]
    case .lion: ["exp_avg"]
    }
  }
}
