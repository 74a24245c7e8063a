import CKernels
import PeftPlatform
import TunerKit

/// An optimizer of Adam's kind, whatever it does about weight decay.
protocol AdamMethod: WithBetas {
  var epsilon: Double { get set }
}

extension AdamMethod {
  static var adamFields: [ConfigurationField<Self>] {
    [
      betasField("Decay rates of the running averages of the gradient and its square."),
      ConfigurationField(
        "eps", \.epsilon, "Epsilon, added to the denominator.", rule: .finite(from: 0)),
    ]
  }

  func averages(of shape: [Int]) -> [(name: String, count: Int)] {
    let count = shape.reduce(1, *)
    return [("exp_avg", count), ("exp_avg_sq", count)]
  }

  /// Takes a step.
  /// - Parameter adjust: Changes the kernel's parameters, which are Adam's without weight decay.
  func take(_ step: OptimizerStep, _ adjust: (inout ck_adam_parameters) -> Void) {
    // Bias corrections, because both moments start at zero.
    let number = Double(step.number)
    var parameters = ck_adam_parameters(
      gradient_scale: step.gradientScale, weight_decay: 0, one_minus_beta1: Float(1 - beta1),
      beta2: Float(beta2), one_minus_beta2: Float(1 - beta2), decay_factor: 1,
      step_size: Float(step.learningRate / (1 - pow(beta1, number))),
      bias_correction2_sqrt: Float((1 - pow(beta2, number)).squareRoot()), epsilon: Float(epsilon))
    adjust(&parameters)
    ck_adam(step.count, &parameters, step.gradient, step.state[0], step.state[1], step.values)
  }
}
