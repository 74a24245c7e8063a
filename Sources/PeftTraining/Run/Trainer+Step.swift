import CPUCore
import PeftAdapters
import PeftGeneration

extension Trainer {
  /// Does a part of the run. An error is described in terms of the run, after the trained parameters were
  /// saved, unless they may be inf or NaN.
  func savingFailures<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      if numbers.step == 0, savedStep == nil {
        folder.discard(
          written: [folder.recipePath, folder.logPath]
            + (events.map { [folder.path.file($0.place.name)] } ?? []))
        throw explained(error)
      }
      // This error is reported, not a second one while saving.
      if !error.isDivergence { try? save() }
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
    default: error
    }
  }

  package func step() throws -> StepRecord {
    let clock = ContinuousClock()
    let start = clock.now
    var (ahead, countedEntries, tokenCount) = (stream, 0, 0)
    for _ in 0..<recipe.accumulate {
      guard let batch = try ahead.next() else { break }
      countedEntries += batch.countedEntries
      tokenCount += batch.tokenCount
    }
    let learningRate = recipe.optimizer.learningRate
    let rate =
      learningRate
      * recipe.schedule.factor(step: numbers.step, of: totalSteps, learningRate: learningRate)
    // A step that fails consumes no rows.
    var rest = stream
    let result = try resolved.training.step(
      of: recipe.accumulate, countedEntries: countedEntries, learningRate: rate, seed: seed
    ) { try rest.next() }
    stream = rest
    numbers.step += 1
    return StepRecord(
      step: numbers.step, loss: result.loss, learningRate: rate,
      gradientNorm: result.gradientNorm, seconds: (clock.now - start).inSeconds,
      exampleCount: recipe.batchSize * recipe.accumulate, tokenCount: tokenCount,
      epoch: rest.position.epochs)
  }

  /// The random seed of a step's dropout.
  private var seed: UInt64 {
    UInt64(bitPattern: Int64(recipe.seed)) &* SplitMix64.increment &+ UInt64(numbers.step)
  }
}

// MARK: - Evaluation

extension Trainer {
  /// Evaluates the adapter, and saves it as the best where it is; nil where
  /// there is no such data.
  func evaluate() throws -> EvaluationRecord? {
    guard let stream = resolved.evaluation else { return nil }
    let result = try resolved.training.evaluate(stream)
    unusableEvaluationRows = result.unusableRows
    let isBest = numbers.evaluations.note(
      result.value(of: recipe.metric), step: numbers.step,
      by: recipe.earlyStopping ?? EarlyStopping())
    let record = record(of: result, isBest: isBest)
    try log.append(record)
    try events?.append(record)
    if isBest {
      try resolved.training.liveWeights.write(
        to: folder.bestPath, on: resolved.model.graph, projection: projection,
        readme: card(after: record.figures).text, modelConfiguration: resolved.modelConfiguration)
    }
    return record
  }

  /// Measures the best adapter on the test data, or the last where none was evaluated; nil where there is no such
  /// data.
  func test() throws -> EvaluationRecord? {
    guard let stream = resolved.test else { return nil }
    let result: EvaluationResult
    if let best = try resolved.trainedTensors(in: folder.bestPath, numbers.evaluations) {
      result = try resolved.training.withTrained(best) {
        try resolved.training.evaluate(stream)
      }
    } else {
      result = try resolved.training.evaluate(stream)
    }
    unusableEvaluationRows = result.unusableRows
    let record = record(of: result, isBest: false)
    try log.append(test: record)
    try log.flush()
    return record
  }

  private func record(of result: EvaluationResult, isBest: Bool) -> EvaluationRecord {
    EvaluationRecord(
      step: numbers.step, measurement: result.measurement, perplexity: result.perplexity,
      f1: result.macroF1, isBest: isBest,
      countWithoutImprovement: numbers.evaluations.withoutImprovement,
      epoch: stream.position.epochs)
  }
}

extension Error {
  fileprivate var isDivergence: Bool {
    if case .notFinite? = self as? TrainingError { true } else { false }
  }
}
