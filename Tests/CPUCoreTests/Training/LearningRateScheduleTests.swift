import CPUCore
import Testing

@Suite("Learning rate schedules") struct LearningRateScheduleTests {
  private func factors(_ schedule: LearningRateSchedule, total: Int, rate: Double = 1) -> [Double] {
    (0...total).map { schedule.factor(step: $0, of: total, learningRate: rate) }
  }

  @Test("A constant rate rises, then stays")
  func constant() {
    #expect(factors(.init(warmupSteps: 4), total: 6) == [0, 0.25, 0.5, 0.75, 1, 1, 1])
    #expect(factors(.init(), total: 2) == [1, 1, 1])
  }

  @Test("A line falls to zero at the last step")
  func linear() {
    #expect(factors(.init(.linear, warmupSteps: 2), total: 6) == [0, 0.5, 1, 0.75, 0.5, 0.25, 0])
    #expect(LearningRateSchedule(.linear).factor(step: 9, of: 6, learningRate: 1) == 0)
  }

  @Test("Half a cosine falls to zero, a whole one comes back")
  func cosine() {
    #expect(abs(factors(.init(.cosine()), total: 4)[2] - 0.5) < 1e-15)
    #expect(abs(factors(.init(.cosine()), total: 4)[4]) < 1e-15)
    let whole = factors(.init(.cosine(cycles: 1)), total: 4)
    #expect(abs(whole[2]) < 1e-15 && abs(whole[4] - 1) < 1e-15)
  }

  @Test("A polynomial ends at its rate, and stays there")
  func polynomial() {
    let schedule = LearningRateSchedule(
      .polynomial(power: 2, endLearningRate: 0.25), warmupSteps: 1)
    #expect(factors(schedule, total: 3, rate: 0.5) == [0, 1, 0.625, 0.5])
    #expect(schedule.factor(step: 9, of: 3, learningRate: 0.5) == 0.5)
  }

  @Test("A run that is all warm-up has no division by zero")
  func onlyWarmup() {
    let shapes: [LearningRateSchedule.Shape] = [.constant, .linear, .cosine(), .polynomial()]
    for shape in shapes {
      let last = LearningRateSchedule(shape, warmupSteps: 3).factor(step: 3, of: 3, learningRate: 1)
      #expect(last.isFinite)
    }
  }
}
