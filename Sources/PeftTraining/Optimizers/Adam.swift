import CKernels
import PeftPlatform
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

  public func state(of shape: [Int]) -> [(name: String, count: Int)] { averages(of: shape) }

  public func step(_ step: OptimizerStep) {
    take(step) { $0.decay = Float(step.weightDecay) }
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

  public func state(of shape: [Int]) -> [(name: String, count: Int)] { averages(of: shape) }

  public func step(_ step: OptimizerStep) { take(step) { $0.shrink = step.decayFactor } }
}

/// An optimizer of Adam's kind, whatever it does about weight decay.
private protocol AdamMethod: WithBetas {
  var epsilon: Double { get set }
}

extension AdamMethod {
  fileprivate static var adamFields: [ConfigurationField<Self>] {
    [
      betasField("Decay rates of the running averages of the gradient and its square."),
      ConfigurationField(
        "eps", \.epsilon, "Epsilon, added to the denominator.", rule: .finite(from: 0)),
    ]
  }

  fileprivate func averages(of shape: [Int]) -> [(name: String, count: Int)] {
    let count = shape.reduce(1, *)
    return [("exp_avg", count), ("exp_avg_sq", count)]
  }

  /// Takes a step.
  /// - Parameter decayed: Puts weight decay into the kernel's rates, which have none.
  fileprivate func take(_ step: OptimizerStep, _ decayed: (inout ck_adam_rates) -> Void) {
    // Bias corrections, because both moments start at zero.
    let number = Double(step.number)
    var rates = ck_adam_rates(
      gradient: step.gradientScale, decay: 0, mix1: Float(1 - beta1), keep2: Float(beta2),
      mix2: Float(1 - beta2), shrink: 1,
      step: Float(step.learningRate / (1 - pow(beta1, number))),
      correction: Float((1 - pow(beta2, number)).squareRoot()), epsilon: Float(epsilon))
    decayed(&rates)
    ck_adam(step.count, &rates, step.gradient, step.state[0], step.state[1], step.values)
  }
}
