import Peft
import Testing

/// Factors of a schedule, worked out by hand.
struct ScheduleCase: CustomTestStringConvertible {
  let testDescription: String
  let recipe: ScheduleRecipe
  let steps: Int
  var learningRate = 1.0
  /// From step 0 on; some go on after the last step.
  let factors: [Double]

  /// Every schedule of `TrainingMethods.standard` has one.
  static let all: [ScheduleCase] = [
    .init(
      testDescription: "A constant rate rises, then stays",
      recipe: ScheduleRecipe(warmup: .steps(4)), steps: 6, factors: [0, 0.25, 0.5, 0.75, 1, 1, 1]),
    .init(
      testDescription: "Without warm-up it is constant from the beginning",
      recipe: ScheduleRecipe(), steps: 2, factors: [1, 1, 1]),
    .init(
      testDescription: "A line falls to zero at the last step, and stays there",
      recipe: ScheduleRecipe(LinearSchedule(), warmup: .steps(2)), steps: 6,
      factors: [0, 0.5, 1, 0.75, 0.5, 0.25, 0, 0]),
    .init(
      testDescription: "Half a cosine falls to zero",
      recipe: ScheduleRecipe(CosineSchedule()), steps: 2, factors: [1, 0.5, 0]),
    .init(
      testDescription: "A whole cosine comes back",
      recipe: ScheduleRecipe(CosineSchedule(cycles: 1)), steps: 4, factors: [1, 0.5, 0, 0.5, 1]),
    .init(
      testDescription: "A polynomial ends at its rate, and stays there",
      recipe: ScheduleRecipe(
        PolynomialSchedule(power: 2, endLearningRate: 0.25), warmup: .steps(1)),
      steps: 3, learningRate: 0.5, factors: [0, 1, 0.625, 0.5, 0.5]),
    .init(
      testDescription: "A stable rate falls in the last steps of the run",
      recipe: ScheduleRecipe(stable(), warmup: .steps(2)), steps: 6,
      factors: [0.5, 0.75, 1, 1, 1, 0.75, 0.5]),
    .init(
      testDescription: "In a shorter run it falls earlier",
      recipe: ScheduleRecipe(stable(), warmup: .steps(2)), steps: 4,
      factors: [0.5, 0.75, 1, 0.75, 0.5]),
    .init(
      testDescription: "A rate that is stable for a number of steps falls after them",
      recipe: ScheduleRecipe(stable(for: 1), warmup: .steps(2)), steps: 6,
      factors: [0.5, 0.75, 1, 1, 0.75, 0.5, 0.5]),
  ]

  private static func stable(for steps: Int? = nil) -> WarmupStableDecaySchedule {
    var schedule = WarmupStableDecaySchedule(decaySteps: 2)
    schedule.decayType = .linear
    schedule.minimumRatio = 0.5
    schedule.stableSteps = steps
    return schedule
  }
}

@Suite("Learning rate schedules") struct LearningRateScheduleTests {
  @Test("Factors worked out by hand", arguments: ScheduleCase.all)
  func factors(row: ScheduleCase) {
    let found = row.factors.indices.map {
      row.recipe.factor(step: $0, of: row.steps, learningRate: row.learningRate)
    }
    // A cosine of 64 bits is not exactly zero.
    let isRight = zip(found, row.factors).allSatisfy { abs($0 - $1) < 1e-15 }
    #expect(isRight, "\(found), not \(row.factors)")
  }

  @Test("Every schedule is worked out by hand")
  func areAll() {
    for schedule in TrainingMethods.standard.schedules {
      #expect(
        ScheduleCase.all.contains { $0.recipe.name == schedule.name },
        """
        add a ScheduleCase with 'ScheduleRecipe(\(schedule)())' to \
        Tests/PeftTrainingTests/Methods/LearningRateScheduleTests.swift
        """)
    }
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
