import CPUCore
import Checkpoints
import ModelGraph
import Tensors

/// A run of training, as a recipe says: it measures, saves, and can be stopped and gone on with.
///
///     let trainer = try Trainer(TrainingRecipe(path: "recipe.yaml"))
///     let summary = try trainer.run { event in print(event) }
///
/// The run's folder gets the recipe, the adapter (`last`, and `best` where there is evaluation data),
/// `log.jsonl`, `loss.svg`, and `state`, from which `init(resuming:)` goes on with the same bits.
public final class Trainer {
  public let recipe: TrainingRecipe
  /// What the user should know about model, adapter and data.
  public let warnings: [String]
  /// Steps of the whole run.
  public let totalSteps: Int
  /// How many numbers are trained.
  public var parameterCount: Int { setup.training.parameterCount }

  private let setup: TrainingSetup
  private let folder: RunFolder
  private let log: RunLog
  private var stream: BatchStream
  private var numbers: RunState.Numbers
  private var savedStep: Int?

  /// A new run.
  /// - Throws: What is wrong with the recipe, the model, the adapter, the data or the folder, before
  ///   anything is written to it but the recipe.
  public init(_ recipe: TrainingRecipe) throws {
    try recipe.check()
    self.recipe = recipe
    folder = try RunFolder(new: recipe.output)
    do { setup = try TrainingSetup(recipe) } catch {
      folder.discard()
      throw error
    }
    try FileWriter.write(recipe.text, to: folder.recipePath)
    log = try RunLog(folder.logPath)
    stream = setup.stream
    totalSteps = setup.totalSteps
    warnings = setup.warnings
    numbers = RunState.Numbers()
  }

  /// A run that was stopped, from the state that it saved last.
  /// - Parameters:
  ///   - path: The run's folder.
  ///   - threads: Other threads than the recipe's; results do not depend on it.
  public init(resuming path: String, threads: Int? = nil) throws {
    folder = try RunFolder(resuming: path)
    var recipe = try TrainingRecipe(resuming: path)
    if let threads { recipe.threads = threads }
    let state = try RunState(folder: folder.statePath)
    numbers = state.numbers
    setup = try TrainingSetup(recipe, at: numbers.position)
    guard numbers.step < setup.totalSteps else {
      throw TrainingSetupError.finished(path, steps: numbers.step)
    }
    try setup.training.restore(
      state.trained, optimizerState: state.optimizer, stepCount: numbers.optimizerStep)
    log = try RunLog(folder.logPath, keeping: numbers.logBytes)
    self.recipe = recipe
    stream = setup.stream
    totalSteps = setup.totalSteps
    warnings = setup.warnings
    savedStep = numbers.step
  }

  /// The step after which the run goes on; 0 for a new one.
  public var startStep: Int { numbers.step }

  /// The adapter as it is now.
  public var weights: AdapterWeights { setup.training.weights }

  /// Bytes that a step takes beside the model's own numbers, as planned.
  public func plannedBytes() throws -> Int {
    var stream = stream  // a copy, so that no batch is used up
    guard let batch = try stream.next() else { return 0 }
    return try setup.training.plannedBytes(for: batch.inputs.mapValues(\.shape))
  }

  /// Trains to the end, or until it is asked to stop; saves in both cases.
  /// - Parameters:
  ///   - watch: Told what happens, between steps.
  ///   - shouldStop: Asked after every step.
  /// - Throws: `TrainingError.diverged` where numbers are not finite any more: what was saved before is
  ///   kept. `FileWriteError` where something cannot be written.
  @discardableResult
  public func run(
    _ watch: (TrainingEvent) throws -> Void = { _ in }, until shouldStop: () -> Bool = { false }
  ) throws -> TrainingSummary {
    var last: StepRecord?
    var evaluation: EvaluationRecord?
    let clock = ContinuousClock()
    let (start, before) = (clock.now, numbers.seconds)
    while numbers.step < totalSteps {
      let record = try step()
      last = record
      try log.append(record)
      try watch(.step(record))
      let isLast = numbers.step == totalSteps
      if isLast || isTime(recipe.evalEvery), let record = try evaluate() {
        evaluation = record
        try watch(.evaluated(record))
      }
      let isStopping = !isLast && shouldStop()
      numbers.seconds = before + (clock.now - start).inSeconds
      if isLast || isStopping || isTime(recipe.saveEvery) {
        try save()
        try watch(.saved(step: numbers.step))
      }
      if isStopping { break }
    }
    try drawLosses()
    return TrainingSummary(
      steps: numbers.step, totalSteps: totalSteps, loss: last?.loss, lastEvaluation: evaluation,
      seconds: numbers.seconds)
  }

  private func isTime(_ interval: Int?) -> Bool {
    interval.map { numbers.step.isMultiple(of: $0) } ?? false
  }

  private func step() throws -> StepRecord {
    let clock = ContinuousClock()
    let start = clock.now
    var batches: [TrainingBatch] = []
    for _ in 0..<recipe.accumulate {
      guard let batch = try stream.next() else { break }
      batches.append(batch)
    }
    let schedule = recipe.schedule.schedule(of: totalSteps)
    let rate =
      recipe.optimizer.learningRate
      * schedule.factor(
        step: numbers.step, of: totalSteps, learningRate: recipe.optimizer.learningRate)
    let result: AdapterTraining.StepResult
    do {
      result = try setup.training.step(batches, learningRate: rate, seed: seed)
    } catch TrainingError.notFinite(let loss, let norm) {
      throw TrainingError.diverged(
        Divergence(
          step: numbers.step + 1, loss: loss, gradientNorm: norm, savedStep: savedStep,
          statePath: folder.statePath, alphas: recipe.alphas))
    }
    numbers.step += 1
    numbers.optimizerStep = setup.training.optimizer.stepCount
    let tokens = batches.reduce(0) { $0 + $1.tokenCount }
    return StepRecord(
      step: numbers.step, loss: result.loss, learningRate: rate,
      gradientNorm: result.gradientNorm,
      tokensPerSecond: Double(tokens) / max(1e-9, (clock.now - start).inSeconds))
  }

  /// Where a step's dropout takes its numbers from.
  private var seed: UInt64 {
    UInt64(bitPattern: Int64(recipe.seed)) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(numbers.step)
  }

  private func evaluate() throws -> EvaluationRecord? {
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

  /// Writes the adapter, and then the state that it belongs to.
  private func save() throws {
    try weights.write(to: folder.lastPath, on: setup.model.graph, projection: projection)
    try log.flush()
    numbers.logBytes = log.byteCount
    numbers.position = stream.position
    try RunState(
      numbers: numbers, trained: setup.training.trainedTensors,
      optimizer: setup.training.optimizer.state
    ).write(to: folder.statePath)
    savedStep = numbers.step
  }

  /// Bases stay out of files that do without them.
  private var projection: AdapterContents.Projection {
    setup.training.canDrawBases ? .none : .shared
  }

  private func drawLosses() throws {
    let losses = try LoggedLosses(folder.logPath)
    guard !losses.training.isEmpty else { return }
    var series = [LossChart.Series(name: "training", points: losses.training)]
    if !losses.evaluation.isEmpty {
      series.append(
        LossChart.Series(name: "evaluation", points: losses.evaluation, isEvaluation: true))
    }
    try LossChart(series, subtitle: recipe.model).write(to: folder.chartPath)
  }
}

extension Duration {
  package var inSeconds: Double {
    let (whole, fraction) = components
    return Double(whole) + Double(fraction) * 1e-18
  }
}
