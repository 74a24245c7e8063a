import Dispatch
import Peft
import Testing

@Suite("Optimizers") struct OptimizerTests {
  private static let methods = OptimizerCase.all.map(\.method)

  private static let parameters: [OptimizedParameter] = [
    .init(name: "a", shape: [5], weightDecay: 0.1),
    .init(name: "b.c", shape: [3, 11], weightDecay: 0.1),
    .init(name: "kernel", shape: [2, 3, 3, 4], learningRateFactor: 3),
    .init(name: "one", shape: []),
  ]

  /// Numbers between −1 and 1 for every parameter.
  private static func numbers(_ seed: Int) -> [[Float]] {
    parameters.enumerated().map { index, parameter in
      (0..<parameter.count).map { entry in
        Float((seed * 1009 + index * 101 + entry * 37) % 229) / 114 - 1
      }
    }
  }

  @Test("Every optimizer is worked out by hand, at its defaults at least")
  func areAll() {
    for optimizer in TrainingMethods.standard.optimizers {
      let isThere = Self.methods.contains { AnyHashable($0) == AnyHashable(optimizer.init()) }
      #expect(
        isThere,
        "add '.init(\(optimizer)(), firstStep: …, state: […])' to \(OptimizerCase.file)")
    }
  }

  @Test("The first step of each method, worked out by hand", arguments: methods.indices)
  func firstSteps(index: Int) {
    let expected = OptimizerCase.all[index]
    let parameter = OptimizedParameter(name: "w", shape: [1], weightDecay: 0.5)
    var trained = Trained(Optimizer(expected.method, parameters: [parameter]), [[2]])
    trained.step([[4]], learningRate: 0.1, scale: 0.5)
    #expect(abs(trained.values[0][0] - expected.firstStep) < 1e-6, "\(expected.method)")
  }

  @Test("A parameter has a learning rate of its own, and may be spared from decay")
  func ownRates() {
    let parameters = [
      OptimizedParameter(name: "A", shape: [1], weightDecay: 0.5),
      OptimizedParameter(name: "B", shape: [1], learningRateFactor: 4, weightDecay: 0.5),
      OptimizedParameter(name: "bias", shape: [1]),
      OptimizedParameter(name: "none", shape: [0, 3], weightDecay: 0.5),
    ]
    var trained = Trained(Optimizer(AdamW(), parameters: parameters), [[2], [2], [2], []])
    trained.step([[1], [1], [1], []], learningRate: 0.1)
    #expect(abs(trained.values[0][0] - (2 * 0.95 - 0.1)) < 1e-6)
    #expect(abs(trained.values[1][0] - (2 * 0.8 - 0.4)) < 1e-6)
    #expect(abs(trained.values[2][0] - 1.9) < 1e-6)
  }

  @Test("A run that goes on from a saved state has the same bits", arguments: methods.indices)
  func restored(index: Int) throws {
    let method = Self.methods[index]
    var whole = Trained(Optimizer(method, parameters: Self.parameters), Self.numbers(0))
    for seed in 1...3 { whole.step(Self.numbers(seed), learningRate: 0.01) }
    var rest = Trained(Optimizer(method, parameters: Self.parameters), whole.values)
    try rest.optimizer.restore(whole.optimizer.state, stepCount: whole.optimizer.stepCount)
    #expect(rest.optimizer.stepCount == 3)
    for seed in 4...6 {
      whole.step(Self.numbers(seed), learningRate: 0.01)
      rest.step(Self.numbers(seed), learningRate: 0.01)
    }
    #expect(whole.values != Self.numbers(0))
    #expect(rest.values == whole.values, "\(method)")
  }

  /// Runs tasks on several threads.
  private static func runAtOnce(_ count: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
  }

  @Test("Steps have the same bits on several threads", arguments: methods.indices)
  func blocks(index: Int) {
    let method = Self.methods[index]
    // Several blocks, in which numbers come again every 229 entries.
    let large = OptimizedParameter(name: "large", shape: [401, 409], weightDecay: 0.1)
    let parameters = Self.parameters + [large]
    func numbers(_ seed: Int) -> [[Float]] {
      let entries = (0..<large.count).map { Float(($0 * 37 + seed * 101) % 229) / 114 - 1 }
      return Self.numbers(seed) + [entries]
    }
    var trained = (0..<2).map { _ in
      Trained(Optimizer(method, parameters: parameters), numbers(0))
    }
    for seed in 1...3 {
      trained[0].step(numbers(seed), learningRate: 0.01, scale: 0.5)
      trained[1].step(numbers(seed), learningRate: 0.01, scale: 0.5, on: Self.runAtOnce)
    }
    #expect(trained[0].values == trained[1].values, "\(method)")
    if method.isEntrywise, let values = trained[0].values.last {
      // Optimised, the entries at the end of a block are computed one by one, with roundings of their own.
      #expect(
        values.indices.allSatisfy { abs(values[$0] - values[$0 % 229]) < 1e-6 }, "\(method)")
    }
  }

  @Test("A state has as many bytes as planned", arguments: methods.indices)
  func bytes(index: Int) {
    let optimizer = Optimizer(Self.methods[index], parameters: Self.parameters)
    let bytes = optimizer.state.values.reduce(0) { $0 + $1.byteCount }
    #expect(optimizer.byteCount == bytes)
    #expect(
      Optimizer.byteCount(optimizer.method, shapes: Self.parameters.map(\.shape)) == bytes)
  }

  @Test("The state has PyTorch's names", arguments: methods.indices)
  func stateNames(index: Int) {
    let expected = OptimizerCase.all[index]
    let state = Optimizer(expected.method, parameters: [.init(name: "w", shape: [10])]).state
    #expect(state.keys.sorted() == expected.state.map { "\($0).w" }, "\(expected.method)")
  }

  @Test("Adafactor keeps rows and columns of the last two axes, and vectors as they are")
  func factoredState() {
    let parameters: [OptimizedParameter] = [
      .init(name: "matrix", shape: [3, 5]), .init(name: "kernel", shape: [2, 4, 3, 5]),
      .init(name: "vector", shape: [7]), .init(name: "number", shape: []),
    ]
    let state = Optimizer(Adafactor(), parameters: parameters).state
    #expect(
      state.mapValues(\.shape) == [
        "row_var.matrix": [3], "col_var.matrix": [5], "row_var.kernel": [24],
        "col_var.kernel": [40], "variance.vector": [7], "variance.number": [1],
      ])
    #expect(Optimizer.byteCount(Adafactor(), shapes: [[4096, 4096]]) == 4 * 2 * 4096)
  }

  @Test("A state that does not fit is refused before anything has changed")
  func refusals() throws {
    let optimizer = Optimizer(AdamW(), parameters: [.init(name: "w", shape: [2])])
    var state = ["exp_avg.w": Tensor([Float](repeating: 1, count: 2), shape: [2])]
    func message(stepCount: Int = 1) -> String? {
      do { try optimizer.restore(state, stepCount: stepCount) } catch { return "\(error)" }
      return nil
    }
    #expect(
      message() == """
        the optimizer's state has no exp_avg_sq.w
          fix: go on with the optimizer and the trained parameters of the run that wrote it
        """)
    state["exp_avg_sq.w"] = Tensor([Float](repeating: 1, count: 3), shape: [3])
    #expect(
      message() == """
        the optimizer's exp_avg_sq.w is F32 [3], not F32 [2]
          fix: go on with the trained parameters of the run that wrote it
        """)
    state["exp_avg_sq.w"] = Tensor([1, 2], shape: [2])
    #expect(message()?.contains("is I64 [2], not F32 [2]") == true)
    #expect(message(stepCount: -1)?.contains("the optimizer's state says -1 steps") == true)
    #expect(optimizer.stepCount == 0)
    #expect(optimizer.state["exp_avg.w"]?.floats() == [0, 0])
  }

  @Test("The gradient norm has the same bits on several threads")
  func sharedNorm() {
    let norms = Self.numbers(1).withBuffers { gradients in
      (GradientNorm.total(gradients), GradientNorm.total(gradients, on: Self.runAtOnce))
    }
    #expect(norms.0 == norms.1)
    #expect(norms.0 > 0)
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
