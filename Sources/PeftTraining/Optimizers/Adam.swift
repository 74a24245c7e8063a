public import TunerKit

/// Adam: a step is the first moment of the gradient over the root of the second. Weight decay is added
/// to the gradient.
///
/// - SeeAlso: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, arXiv:1412.6980;
///   `torch.optim.Adam`.
public struct Adam: OptimizerMethod, AdamMethod {
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8

  public init() {}

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
  }

  public static let name = "adam"
  public static let defaultLearningRate = 1e-3

  public static let fields: [ConfigurationField<Adam>] = adamFields

  public var isEntrywise: Bool { true }

  public func state(of shape: [Int]) -> [(name: String, count: Int)] { averages(of: shape) }

  public func step(_ step: OptimizerStep) {
    take(step) { $0.weight_decay = Float(step.weightDecay) }
  }
}

/// Adam with decoupled weight decay: weights shrink independently of the gradient.
///
/// - SeeAlso: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019,
///   arXiv:1711.05101; `torch.optim.AdamW`.
public struct AdamW: OptimizerMethod, AdamMethod {
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

  public static let fields: [ConfigurationField<AdamW>] = adamFields

  public var isEntrywise: Bool { true }

  public func state(of shape: [Int]) -> [(name: String, count: Int)] { averages(of: shape) }

  public func step(_ step: OptimizerStep) { take(step) { $0.decay_factor = step.decayFactor } }
}
