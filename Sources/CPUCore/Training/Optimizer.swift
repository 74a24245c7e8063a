import CKernels
import PeftPlatform

/// Moves parameters along their gradients, and keeps what the method remembers of them.
///
/// Numbers are those of `torch.optim` to rounding: every parameter is computed by itself, in the
/// order of PyTorch's operations.
public final class Optimizer {
  public let settings: OptimizerSettings
  public let parameters: [OptimizedParameter]
  /// Steps made so far.
  public internal(set) var stepCount = 0
  let moments: OptimizerMoments

  public init(_ settings: OptimizerSettings, parameters: [OptimizedParameter]) {
    self.settings = settings
    self.parameters = parameters
    moments = OptimizerMoments(
      perParameter: settings.method.stateNames.count, counts: parameters.map(\.count))
  }

  /// Bytes that the state takes.
  public var byteCount: Int {
    Self.byteCount(settings, parameterCount: parameters.reduce(0) { $0 + $1.count })
  }

  /// Bytes that the state of so many trained numbers takes.
  public static func byteCount(_ settings: OptimizerSettings, parameterCount: Int) -> Int {
    parameterCount * settings.method.stateNames.count * MemoryLayout<Float>.stride
  }

  /// Changes all parameters in place by one step.
  /// - Parameters:
  ///   - learningRate: The learning rate of this step, to which a schedule has been applied.
  ///   - values: The parameters' numbers, in the order of `parameters`.
  ///   - gradients: In the same order.
  ///   - gradientScale: What gradients are multiplied by first, to clip them.
  /// - Precondition: There are as many numbers and gradients as parameters say.
  public func step(
    learningRate: Double, _ values: [UnsafeMutableBufferPointer<Float>],
    gradients: [UnsafeBufferPointer<Float>], gradientScale: Float = 1
  ) {
    precondition(
      values.map(\.count) == parameters.map(\.count)
        && gradients.map(\.count) == parameters.map(\.count),
      "numbers and gradients do not fit \(parameters.count) parameters")
    for (index, parameter) in parameters.enumerated() {
      guard let w = values[index].baseAddress, let g = gradients[index].baseAddress else {
        continue
      }
      let rates = Rates(
        learningRate: learningRate * parameter.learningRateFactor,
        weightDecay: parameter.decays ? settings.weightDecay : 0, gradientScale: gradientScale)
      step(parameter.count, rates, g, moments: { self.moments[index, $0] }, w)
    }
    stepCount += 1
  }

  /// What one step has to know about a parameter beyond the method.
  private struct Rates {
    let learningRate: Double
    let weightDecay: Double
    let gradientScale: Float

    /// What is left of a weight that decays by itself.
    var shrink: Float { Float(1 - learningRate * weightDecay) }
  }

  private func step(
    _ count: Int, _ rates: Rates, _ g: UnsafePointer<Float>,
    moments m: (_ kind: Int) -> UnsafeMutablePointer<Float>, _ w: UnsafeMutablePointer<Float>
  ) {
    switch settings.method {
    case .adamW(let beta1, let beta2, let epsilon):
      var adam = adam(beta1, beta2, epsilon, rates)
      adam.shrink = rates.shrink
      ck_adam(count, &adam, g, m(0), m(1), w)
    case .adam(let beta1, let beta2, let epsilon):
      var adam = adam(beta1, beta2, epsilon, rates)
      adam.decay = Float(rates.weightDecay)
      ck_adam(count, &adam, g, m(0), m(1), w)
    case .lion(let beta1, let beta2):
      var lion = ck_lion_rates(
        gradient: rates.gradientScale, keep1: Float(beta1), mix1: Float(1 - beta1),
        keep2: Float(beta2), mix2: Float(1 - beta2), shrink: rates.shrink,
        step: Float(rates.learningRate))
      ck_lion(count, &lion, g, m(0), w)
    case .sgd(let momentum, let dampening, let isNesterov):
      // The first gradient is the buffer as it is.
      var sgd = ck_sgd_rates(
        gradient: rates.gradientScale, decay: Float(rates.weightDecay), keep: Float(momentum),
        mix: stepCount == 0 ? 1 : Float(1 - dampening), direct: isNesterov ? 1 : 0,
        ahead: isNesterov ? Float(momentum) : 1, step: Float(rates.learningRate))
      if momentum == 0 {
        ck_sgd(count, &sgd, g, w)
      } else {
        ck_sgd_momentum(count, &sgd, g, m(0), w)
      }
    }
  }

  /// Adam's numbers without any decay: `β₁`, `β₂`, and corrections for moments that start at zero.
  private func adam(
    _ beta1: Double, _ beta2: Double, _ epsilon: Double, _ rates: Rates
  ) -> ck_adam_rates {
    let number = Double(stepCount + 1)
    return ck_adam_rates(
      gradient: rates.gradientScale, decay: 0, mix1: Float(1 - beta1), keep2: Float(beta2),
      mix2: Float(1 - beta2), shrink: 1,
      step: Float(rates.learningRate / (1 - pow(beta1, number))),
      correction: Float((1 - pow(beta2, number)).squareRoot()), epsilon: Float(epsilon))
  }
}
