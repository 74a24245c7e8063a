import Peft

/// What is worked out by hand for an optimizer and its settings. Every optimizer of
/// `TrainingMethods.standard` has a case, at its defaults at least.
struct OptimizerCase {
  let method: any OptimizerMethod
  /// A weight of 2 after one step with the gradient 4, scaled to 2, at a learning rate of 0.1 and a weight
  /// decay of 0.5.
  let firstStep: Float
  /// What is kept for a vector, by PyTorch's names.
  let state: [String]

  init(_ method: any OptimizerMethod, firstStep: Float, state: [String]) {
    self.method = method
    self.firstStep = firstStep
    self.state = state
  }

  /// Where cases are added.
  static let file = "Tests/PeftTrainingTests/Methods/OptimizerCase.swift"

  static let all: [OptimizerCase] = [
    .init(AdamW(), firstStep: 2 * 0.95 - 0.1, state: ["exp_avg", "exp_avg_sq"]),
    .init(Adam(), firstStep: 2 - 0.1, state: ["exp_avg", "exp_avg_sq"]),
    .init(Adam(beta1: 0.8), firstStep: 2 - 0.1, state: ["exp_avg", "exp_avg_sq"]),
    .init(RAdam(), firstStep: 2 - 0.1 * 3, state: ["exp_avg", "exp_avg_sq"]),
    .init(
      RAdam(beta1: 0.8, hasDecoupledWeightDecay: true), firstStep: 2 * 0.95 - 0.1 * 2,
      state: ["exp_avg", "exp_avg_sq"]),
    .init(SGD(), firstStep: 2 - 0.1 * 3, state: []),
    .init(
      SGD(momentum: 0.9, dampening: 0.5), firstStep: 2 - 0.1 * 3, state: ["momentum_buffer"]),
    .init(
      SGD(momentum: 0.9, isNesterov: true), firstStep: 2 - 0.1 * 3 * 1.9,
      state: ["momentum_buffer"]),
    .init(Lion(), firstStep: 2 * 0.95 - 0.1, state: ["exp_avg"]),
    .init(Adafactor(), firstStep: 2 * 0.95 - 2 * 0.1, state: ["variance"]),
  ]
}
