import CPUCore
import Testing

/// The numbers of PyTorch and transformers; see `generate/optimizers.py` for their versions.
@Suite("Optimizers as PyTorch's") struct RecordedOptimizerTests {
  private static let recorded = OptimizerFixture.recorded

  @Test("The fixture is there") func isThere() throws {
    let recorded = try #require(Self.recorded)
    #expect(recorded.optimizers.count >= 14 && recorded.schedules.count >= 20)
  }

  @Test("Parameters are PyTorch's after every step", arguments: recorded?.optimizers ?? [])
  func steps(run: OptimizerFixture.Run) throws {
    let recorded = try #require(Self.recorded)
    let method = try #require(run.method)
    let decays = run.settings.weightDecay
    let parameters = recorded.start.enumerated().map { index, start in
      OptimizedParameter(
        name: "p\(index)", count: start.count,
        learningRateFactor: run.learningRates[0][index] / run.learningRates[0][0],
        decays: decays[index] != 0)
    }
    let settings = OptimizerSettings(
      method, learningRate: run.learningRates[0][0], weightDecay: decays.max() ?? 0)
    var trained = Trained(Optimizer(settings, parameters: parameters), recorded.start)
    for (step, gradients) in recorded.gradients.enumerated() {
      trained.step(gradients, learningRate: run.learningRates[step][0])
      for (found, expected) in zip(trained.values, run.parameters[step]) {
        // Sixteen units in the last place: twelve steps with some roundings each. What is nearly zero
        // is a difference of numbers of the size 0.1.
        expect(found, expected.map(Double.init), "step \(step)") { _, expected in
          1e-6 * max(abs(expected), 0.1)
        }
      }
    }
  }

  @Test("Gradients are cut as PyTorch cuts them")
  func clipping() throws {
    for row in try #require(Self.recorded).clipping {
      let norm = row.before.withBuffers { GradientNorm.total($0) }
      #expect(abs(norm - row.norm) <= 1e-6 * row.norm)
      let factor = GradientNorm.clipFactor(norm: norm, maximum: row.limit)
      for (before, after) in zip(row.before, row.after) {
        expect(before.map { $0 * factor }, after.map(Double.init), "clipped to \(row.limit)") {
          1e-6 * abs($1)
        }
      }
    }
  }

  @Test("Schedules are those of transformers", arguments: recorded?.schedules ?? [])
  func schedules(row: OptimizerFixture.Schedule) throws {
    let schedule = LearningRateSchedule(try #require(row.shape), warmupSteps: row.warmup)
    for (step, expected) in row.factors.enumerated() {
      let factor = schedule.factor(step: step, of: row.steps, learningRate: row.learningRate)
      #expect(abs(factor - expected) <= 1e-12, "step \(step)")
    }
  }
}
