extension Trainer {
  /// Makes a step, or says what is wrong with it in terms of the run. What was learnt before it is
  /// saved, unless it may be what is wrong.
  func stepOrExplanation() throws -> StepRecord {
    do { return try step() } catch {
      if numbers.step == 0 {
        folder.discard(written: [folder.recipePath, folder.logPath])
      } else if !error.isDivergence {
        try save()
      }
      throw explained(error)
    }
  }

  private func explained(_ error: any Error) -> any Error {
    switch error {
    case TrainingError.notFinite(let loss, let norm):
      TrainingError.diverged(
        Divergence(
          step: numbers.step + 1, loss: loss, gradientNorm: norm, savedStep: savedStep,
          statePath: folder.statePath, alphas: recipe.alphas,
          isClipped: recipe.clipGradNorm != nil))
    case TrainingError.nothingCounted:
      TrainingError.noLabels(
        step: numbers.step + 1, path: recipe.data.train,
        adapterPath: numbers.step > 0 ? folder.lastPath : nil)
    default: error
    }
  }

  private func step() throws -> StepRecord {
    let clock = ContinuousClock()
    let start = clock.now
    var ahead = stream
    let (countedEntries, tokens) = try (0..<recipe.accumulate).reduce((0, 0)) { sum, _ in
      guard let batch = try ahead.next() else { return sum }
      return (sum.0 + batch.countedEntries, sum.1 + batch.tokenCount)
    }
    let schedule = recipe.schedule.schedule(of: totalSteps)
    let rate =
      recipe.optimizer.learningRate
      * schedule.factor(
        step: numbers.step, of: totalSteps, learningRate: recipe.optimizer.learningRate)
    let result = try setup.training.step(
      of: recipe.accumulate, countedEntries: countedEntries, learningRate: rate, seed: seed
    ) { try stream.next() }
    numbers.step += 1
    return StepRecord(
      step: numbers.step, loss: result.loss, learningRate: rate,
      gradientNorm: result.gradientNorm,
      tokensPerSecond: Double(tokens) / max(1e-9, (clock.now - start).inSeconds))
  }

  /// Where a step's dropout takes its numbers from.
  private var seed: UInt64 {
    UInt64(bitPattern: Int64(recipe.seed)) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(numbers.step)
  }
}

// MARK: - Evaluation

extension Trainer {
  /// Measures the adapter on the evaluation data, and keeps it where it is the best yet; nil where
  /// there is no such data.
  func evaluate() throws -> EvaluationRecord? {
    guard var stream = try setup.evaluation?() else { return nil }
    var total: Measurement?
    while let batch = try stream.next() {
      let measured = try setup.training.measure(batch)
      total = total.map { $0 + measured } ?? measured
    }
    guard let total, total.entryCount > 0 else { throw TrainingError.nothingCounted }
    let isBest = total.loss.isFinite && total.loss < numbers.bestLoss ?? .infinity
    let predictsTokens = [.causalTokens, .tokens].contains(setup.task)
    let record = EvaluationRecord(
      step: numbers.step, measurement: total,
      perplexity: predictsTokens ? total.perplexity : nil, isBest: isBest)
    try log.append(record)
    if isBest {
      numbers.bestLoss = total.loss
      try weights.write(to: folder.bestPath, on: setup.model.graph, projection: projection)
    }
    return record
  }
}

extension Error {
  fileprivate var isDivergence: Bool {
    if case .notFinite? = self as? TrainingError { true } else { false }
  }
}
