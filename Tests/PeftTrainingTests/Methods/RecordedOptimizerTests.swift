import Peft
import Testing

/// The numbers of PyTorch and transformers; see `generate/optimizers.py` for their versions.
@Suite("Optimizers as PyTorch's") struct RecordedOptimizerTests {
  @Test("Every optimizer and every schedule is recorded")
  func areAll() throws {
    let optimizers = Set(try OptimizerFixture.runs.get().map { $0.optimizer.lowercased() })
    for optimizer in TrainingMethods.standard.optimizers {
      #expect(
        optimizers.contains(optimizer.name),
        "\(optimizer.name) needs rows in \(OptimizerFixture.generator)")
    }
    let schedules = Set(try OptimizerFixture.schedules.get().map(\.name))
    for schedule in TrainingMethods.standard.schedules {
      #expect(
        schedules.contains(schedule.name),
        "\(schedule.name) needs rows in \(OptimizerFixture.generator)")
    }
  }

  @Test("Parameters are PyTorch's after every step", arguments: try OptimizerFixture.runs.get())
  func steps(run: OptimizerFixture.Run) throws {
    let given = try OptimizerFixture.parameters(of: run)
    let decays = try run.weightDecays
    let parameters = given.shapes.enumerated().map { index, shape in
      OptimizedParameter(
        name: "p\(index)", shape: shape,
        learningRateFactor: run.learningRates[0][index] / run.learningRates[0][0],
        weightDecay: decays[index])
    }
    var trained = Trained(
      Optimizer(try run.method(), parameters: parameters), given.start)
    // Sixteen units in the last place: twelve steps with some roundings each. What is nearly zero is a
    // difference of numbers of the size 0.1, or of long steps: a large rate times the largest weight.
    let largest = run.parameters.joined().joined().reduce(0) { max($0, abs($1)) }
    let size = max(0.1, Float(run.learningRates.joined().max() ?? 0) * largest)
    for (step, gradients) in given.gradients.enumerated() {
      trained.step(gradients, learningRate: run.learningRates[step][0])
      #expect(trained.values.count == run.parameters[step].count)
      for (found, expected) in zip(trained.values, run.parameters[step]) {
        expect(found, expected, "step \(step)") { 1e-6 * max(abs($0), size) }
      }
    }
  }

  @Test("Gradients are cut as PyTorch cuts them")
  func clipping() throws {
    for row in try OptimizerFixture.clipping.get() {
      let norm = row.before.withBuffers { GradientNorm.total($0) }
      #expect(abs(norm - row.norm) <= 1e-6 * row.norm)
      let factor = GradientNorm.clipFactor(norm: norm, maximum: row.limit)
      for (before, after) in zip(row.before, row.after) {
        expect(before.map { $0 * factor }, after, "clipped to \(row.limit)") { 1e-6 * abs($0) }
      }
    }
  }

  @Test("Schedules are those of transformers", arguments: try OptimizerFixture.schedules.get())
  func schedules(row: OptimizerFixture.Schedule) throws {
    let schedule = try row.recipe()
    for (step, expected) in row.factors.enumerated() {
      let factor = schedule.factor(step: step, of: row.steps, learningRate: row.learningRate)
      #expect(abs(factor - expected) <= 1e-12, "step \(step)")
    }
  }
}
