import CPUCore
import PeftTensors
import Testing

@Suite("Optimizers") struct OptimizerTests {
  static let methods: [OptimizerSettings.Method] = [
    .adamW(), .adam(beta1: 0.8), .sgd(), .sgd(momentum: 0.9, dampening: 0.5),
    .sgd(momentum: 0.9, isNesterov: true), .lion(),
  ]

  @Test("The first step of each method, worked out by hand")
  func firstSteps() {
    // A weight of 2 with a gradient of 4, halved to 2; learning rate 0.1, decay 0.5.
    func step(_ method: OptimizerSettings.Method) -> Float {
      let settings = OptimizerSettings(method, learningRate: 0.1, weightDecay: 0.5)
      var trained = Trained(Optimizer(settings, parameters: [.init(name: "w", count: 1)]), [[2]])
      trained.step([[4]], scale: 0.5)
      return trained.values[0][0]
    }
    #expect(abs(step(.adamW()) - (2 * 0.95 - 0.1)) < 1e-6)
    #expect(abs(step(.adam()) - (2 - 0.1)) < 1e-6)
    #expect(abs(step(.sgd()) - (2 - 0.1 * 3)) < 1e-6)
    #expect(abs(step(.sgd(momentum: 0.9, dampening: 0.5)) - (2 - 0.1 * 3)) < 1e-6)
    #expect(abs(step(.sgd(momentum: 0.9, isNesterov: true)) - (2 - 0.1 * 3 * 1.9)) < 1e-6)
    #expect(abs(step(.lion()) - (2 * 0.95 - 0.1)) < 1e-6)
  }

  @Test("A parameter has a learning rate of its own, and may be spared from decay")
  func parameters() {
    let settings = OptimizerSettings(.adamW(), learningRate: 0.1, weightDecay: 0.5)
    let parameters = [
      OptimizedParameter(name: "A", count: 1),
      OptimizedParameter(name: "B", count: 1, learningRateFactor: 4),
      OptimizedParameter(name: "bias", count: 1, decays: false),
      OptimizedParameter(name: "none", count: 0),
    ]
    var trained = Trained(Optimizer(settings, parameters: parameters), [[2], [2], [2], []])
    trained.step([[1], [1], [1], []])
    #expect(abs(trained.values[0][0] - (2 * 0.95 - 0.1)) < 1e-6)
    #expect(abs(trained.values[1][0] - (2 * 0.8 - 0.4)) < 1e-6)
    #expect(abs(trained.values[2][0] - 1.9) < 1e-6)
  }

  @Test("A run that goes on from a saved state has the same bits", arguments: methods)
  func restored(method: OptimizerSettings.Method) throws {
    let settings = OptimizerSettings(method, learningRate: 0.01, weightDecay: 0.1)
    let parameters = [OptimizedParameter(name: "a", count: 5), .init(name: "b.c", count: 33)]
    var random = RandomNumbers(seed: 7)
    let start = parameters.map { random.floats($0.count) }
    let gradients = (0..<6).map { _ in parameters.map { random.floats($0.count) } }
    var whole = Trained(Optimizer(settings, parameters: parameters), start)
    for gradient in gradients.prefix(3) { whole.step(gradient) }
    var rest = Trained(Optimizer(settings, parameters: parameters), whole.values)
    try rest.optimizer.restore(whole.optimizer.state, stepCount: whole.optimizer.stepCount)
    #expect(rest.optimizer.stepCount == 3)
    for gradient in gradients.suffix(3) {
      whole.step(gradient)
      rest.step(gradient)
    }
    #expect(rest.values == whole.values)
  }

  @Test("The state has PyTorch's names, and as many bytes as planned")
  func states() {
    let names = Self.methods.map { method in
      let settings = OptimizerSettings(method, learningRate: 1)
      let optimizer = Optimizer(settings, parameters: [.init(name: "w", count: 10)])
      let bytes = optimizer.state.values.reduce(0) { $0 + $1.byteCount }
      #expect(optimizer.byteCount == bytes)
      #expect(Optimizer.byteCount(settings, parameterCount: 10) == bytes)
      return optimizer.state.keys.sorted()
    }
    #expect(names[0] == ["exp_avg.w", "exp_avg_sq.w"] && names[1] == names[0])
    #expect(names[2] == [] && names[3] == ["momentum_buffer.w"] && names[5] == ["exp_avg.w"])
  }

  @Test("A state that does not fit is refused before anything has changed")
  func refusals() throws {
    let settings = OptimizerSettings(.adamW(), learningRate: 1)
    let optimizer = Optimizer(settings, parameters: [.init(name: "w", count: 2)])
    var state = ["exp_avg.w": Tensor([Float](repeating: 1, count: 2), shape: [2])]
    func message(stepCount: Int = 1) -> String? {
      do { try optimizer.restore(state, stepCount: stepCount) } catch { return "\(error)" }
      return nil
    }
    #expect(
      message() == """
        error: the optimizer's state has no exp_avg_sq.w
          fix: go on with the optimizer and the trained parameters of the run that wrote it
        """)
    state["exp_avg_sq.w"] = Tensor([Float](repeating: 1, count: 3), shape: [3])
    #expect(
      message() == """
        error: the optimizer's exp_avg_sq.w is F32 [3], not F32 [2]
          fix: go on with the trained parameters of the run that wrote it
        """)
    state["exp_avg_sq.w"] = Tensor([1, 2], shape: [2])
    #expect(message()?.contains("is I64 [2], not F32 [2]") == true)
    #expect(message(stepCount: -1)?.contains("the optimizer's state says -1 steps") == true)
    #expect(optimizer.stepCount == 0)
    #expect(optimizer.state["exp_avg.w"]?.floats() == [0, 0])
  }

  @Test("Gradients are clipped as PyTorch clips them")
  func clipping() {
    let norm = [[3, 0], [], [4 as Float]].withBuffers { GradientNorm.total($0) }
    #expect(norm == 5)
    #expect(GradientNorm.clipFactor(norm: 5, maximum: 1) == Float(1 / 5.000001))
    #expect(GradientNorm.clipFactor(norm: 1, maximum: 1) == Float(1 / 1.000001))
    #expect(GradientNorm.clipFactor(norm: 0.5, maximum: 1) == 1)
    #expect(GradientNorm.clipFactor(norm: .nan, maximum: 1).isNaN)
  }
}
