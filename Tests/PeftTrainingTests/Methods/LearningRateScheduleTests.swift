import Peft
import Testing

@Suite("Learning rate schedules") struct LearningRateScheduleTests {
  private func factors(_ schedule: ScheduleRecipe, total: Int, rate: Double = 1) -> [Double] {
    (0...total).map { schedule.factor(step: $0, of: total, learningRate: rate) }
  }

  @Test("A constant rate rises, then stays")
  func constant() {
    let warm = ScheduleRecipe(warmup: .steps(4))
    #expect(factors(warm, total: 6) == [0, 0.25, 0.5, 0.75, 1, 1, 1])
    #expect(factors(.init(), total: 2) == [1, 1, 1])
  }

  @Test("A line falls to zero at the last step")
  func linear() {
    let warm = ScheduleRecipe(LinearSchedule(), warmup: .steps(2))
    #expect(factors(warm, total: 6) == [0, 0.5, 1, 0.75, 0.5, 0.25, 0])
    #expect(ScheduleRecipe(LinearSchedule()).factor(step: 9, of: 6, learningRate: 1) == 0)
  }

  @Test("Half a cosine falls to zero, a whole one comes back")
  func cosine() {
    let half = factors(ScheduleRecipe(CosineSchedule()), total: 4)
    #expect(abs(half[2] - 0.5) < 1e-15 && abs(half[4]) < 1e-15)
    let whole = factors(ScheduleRecipe(CosineSchedule(cycles: 1)), total: 4)
    #expect(abs(whole[2]) < 1e-15 && abs(whole[4] - 1) < 1e-15)
  }

  @Test("A polynomial ends at its rate, and stays there")
  func polynomial() {
    let schedule = ScheduleRecipe(
      PolynomialSchedule(power: 2, endLearningRate: 0.25), warmup: .steps(1))
    #expect(factors(schedule, total: 3, rate: 0.5) == [0, 1, 0.625, 0.5])
    #expect(schedule.factor(step: 9, of: 3, learningRate: 0.5) == 0.5)
  }

  @Test("A rate that is stable falls in the last steps of the run, or after a number of steps")
  func warmupStableDecay() {
    var schedule = WarmupStableDecaySchedule(decaySteps: 2)
    schedule.decayType = .linear
    schedule.minimumRatio = 0.5
    let recipe = ScheduleRecipe(schedule, warmup: .steps(2))
    #expect(factors(recipe, total: 6) == [0.5, 0.75, 1, 1, 1, 0.75, 0.5])
    #expect(factors(recipe, total: 4) == [0.5, 0.75, 1, 0.75, 0.5])
    schedule.stableSteps = 1
    let fixed = ScheduleRecipe(schedule, warmup: .steps(2))
    #expect(factors(fixed, total: 6) == [0.5, 0.75, 1, 1, 0.75, 0.5, 0.5])
  }

  @Test("A run that is all warm-up has no division by zero")
  func onlyWarmup() {
    for schedule in TrainingMethods.standard.schedules {
      let last = ScheduleRecipe(schedule.init(), warmup: .steps(3))
        .factor(step: 3, of: 3, learningRate: 1)
      #expect(last.isFinite, "\(schedule.name)")
    }
  }
}
