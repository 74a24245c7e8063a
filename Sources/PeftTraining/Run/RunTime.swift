/// How long a run is expected to take, without reading its model.
struct RunTime: Hashable {
  /// Seconds of an optimizer step.
  let step: Double
  /// Seconds of an evaluation.
  let evaluation: Double
  /// Those of the whole run.
  let steps: Int
  /// Steps between evaluations; nil where there is one, at the end.
  let evaluatedEvery: Int?

  /// Seconds of so many steps.
  func seconds(of steps: Int) -> Double {
    let evaluations = evaluatedEvery.map { steps.dividedRoundingUp(by: $0) } ?? 1
    return Double(steps) * step + Double(evaluations) * evaluation
  }
}

extension ResolvedRun {
  /// How long the run takes here, as some of its steps show, which change nothing, and a batch of its evaluation.
  func timed() throws -> RunTime {
    var batches = stream
    let step = try Self.seconds(countOf: Self.timedSteps) {
      let step = try (0..<recipe.accumulate).compactMap { _ in try batches.next() }
      // What diverges at once takes its time all the same.
      do { _ = try training.step(step, learningRate: 0, seed: 0) } catch is TrainingError {}
    }
    var evaluation = 0.0
    if var measured = self.evaluation {
      let count = try measured.batchesPerEpoch()
      let seconds = try Self.seconds(countOf: 1) {
        if let batch = try measured.next() { _ = try training.measure(batch) }
      }
      evaluation = Double(count) * seconds
    }
    return RunTime(
      step: step, evaluation: evaluation, steps: totalSteps, evaluatedEvery: recipe.evalEvery)
  }

  private static let timedSteps = 4

  /// The mean of several times, after one that plans.
  private static func seconds(countOf count: Int, _ body: () throws -> Void) throws -> Double {
    try body()
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<count { try body() }
    return (clock.now - start).inSeconds / Double(count)
  }
}
