import CPUCore
import ModelGraph
public import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports
import PeftTensors

/// A training run by a recipe: it evaluates, saves, and can be stopped and resumed.
///
///     let trainer = try Trainer(TrainingRecipe(path: "recipe.yaml"))
///     let summary = try trainer.run { event in print(event) }
///
/// The run's folder gets the recipe, the adapter with its model card (`last`, and `best` where there is evaluation data),
/// `log.jsonl`, `loss.svg`, a file for TensorBoard where the recipe asks for one, and `state`, from which `init(resuming:)` continues with the same bits.
///
/// It may be stopped by a signal: let the handler set a flag, and give `run` a closure that reads it. The
/// handler runs on a thread of the host's, never on one that computes.
public final class Trainer {
  public var recipe: TrainingRecipe { resolved.recipe }
  /// What the user should know about model, adapter and data.
  public let warnings: [String]
  /// Steps of the whole run.
  public var totalSteps: Int { resolved.totalSteps }
  /// The number of trainable parameters.
  public var parameterCount: Int { resolved.training.parameterCount }

  let resolved: ResolvedRun
  package let folder: RunFolder
  package let log: RunLog
  /// Where the recipe asks for it.
  let events: RunEvents?
  var stream: BatchStream
  package var numbers: RunState.Numbers
  var savedStep: Int?
  /// What the run measured last, for its model card.
  var figures: RunFigures

  /// A new run.
  /// - Parameters:
  ///   - recipe: What is trained, and how.
  ///   - catalog: Its tuners are those that an adapter's folder can name, where the recipe continues
  ///     one; its families, what the model's `model_type` can.
  /// - Throws: What is wrong with the recipe, the model, the adapter, the data or the folder, before
  ///   anything is written to it but the recipe.
  public convenience init(_ recipe: TrainingRecipe, catalog: TrainingCatalog) throws {
    try recipe.check()
    try self.init(recipe, in: RunSource(catalog))
  }

  /// A new run of a recipe that was checked.
  /// - Parameters:
  ///   - start: What it starts from, where that is known already.
  ///   - source: Opens what the recipe names.
  init(_ recipe: TrainingRecipe, startingFrom start: RunStart? = nil, in source: RunSource) throws {
    folder = try RunFolder(new: recipe.output)
    do { resolved = try ResolvedRun(recipe, startingFrom: start, in: source) } catch {
      folder.discard()
      throw error
    }
    folder.clear()
    try FileWriter.write(resolved.recipe.text, to: folder.recipePath)
    log = try RunLog(folder.logPath)
    events = recipe.tensorboard ? try RunEvents(in: folder.path) : nil
    stream = resolved.stream
    warnings = resolved.warnings
    numbers = RunState.Numbers()
    figures = RunFigures(limit: recipe.logEvery)
  }

  /// A run that was stopped, from the state that it saved last.
  /// - Parameters:
  ///   - path: The run's folder.
  ///   - catalog: What its recipe and its model can name.
  ///   - threads: Other threads than the recipe's; results do not depend on it.
  /// - Throws: What `init` throws, and `TrainingSetupError` where there is no state, where it cannot be
  ///   read, or where the run's recipe has changed in more than its length and how often it reports.
  public convenience init(
    resuming path: String, catalog: TrainingCatalog, threads: Int? = nil
  ) throws {
    try self.init(resuming: path, threads: threads, in: RunSource(catalog)) { _ in nil }
  }

  /// - Parameters:
  ///   - source: Opens what the recipe names.
  ///   - start: What a recipe starts from, where that is known already.
  init(
    resuming path: String, threads: Int?, in source: RunSource,
    startingFrom start: (TrainingRecipe) -> RunStart?
  ) throws {
    folder = try RunFolder(resuming: path)
    // The folder may have been moved.
    let recipe = try TrainingRecipe(
      resuming: path,
      overriding: [.replaced("output", by: .text(path))]
        + (threads.map { [.replaced("threads", by: .integer($0))] } ?? []),
      catalog: source.catalog)
    let state = try RunState(folder: folder.statePath)
    let notes = try state.notes(on: recipe, at: folder, catalog: source.catalog)
    numbers = state.numbers
    numbers.kernels = Processor.kernels
    resolved = try ResolvedRun(
      recipe, startingFrom: start(recipe), in: source, at: numbers.position)
    guard numbers.step < resolved.totalSteps else {
      throw TrainingSetupError.finished(folder.recipePath, steps: numbers.step)
    }
    if let stop = numbers.evaluations.stop(after: numbers.step, by: recipe.earlyStopping) {
      throw TrainingSetupError.stoppedEarly(folder.recipePath, stop)
    }
    try resolved.training.restore(
      state.trained, optimizerState: state.optimizer, stepCount: numbers.step,
      scheduleMemory: state.schedule)
    log = try RunLog(folder.logPath, keeping: numbers.logBytes)
    events =
      recipe.tensorboard ? try RunEvents(in: folder.path, resuming: numbers.events) : nil
    stream = resolved.stream
    warnings =
      resolved.warnings + notes
      + (log.byteCount < numbers.logBytes
        ? ["\(folder.logPath) is shorter than when the run was saved: lines are lost"] : [])
    savedStep = numbers.step
    figures = RunFigures(
      limit: recipe.logEvery, from: try? LoggedLosses(folder.logPath))
  }

  /// The step after which the run is resumed; 0 for a new one.
  public var startStep: Int { numbers.step }

  /// Rows met so far that were left out, because none of their labels counts.
  public var leftOutRows: Int { stream.leftOutRows }

  /// Rows met so far that were left out, because something is wrong with them.
  public var unusableRows: UnusableRows { stream.unusableRows }
  /// The same of the evaluation data.
  public internal(set) var unusableEvaluationRows = UnusableRows()

  /// The adapter as it is now.
  public var weights: AdapterWeights { resolved.training.weights }

  /// Bytes that the largest step takes beside the model's own weights, as planned.
  /// - Complexity: All texts of the run are encoded, to find the longest.
  public func plannedBytes() throws -> Int {
    try resolved.training.plannedBytes(for: resolved.largestShapes)
  }

  /// How many programs have been planned so far.
  package var planCount: Int { resolved.training.planCount }

  /// Trains to the end, until its evaluations get no better (early stopping), or until it is asked to stop;
  /// saves in all cases.
  /// - Parameters:
  ///   - watch: Told what happens, between steps.
  ///   - shouldStop: Asked after every step.
  /// - Throws: `TrainingError.diverged` where loss or gradients become inf or NaN: what was saved before
  ///   is kept. A run that ends so in its first step leaves nothing in its folder. `FileWriteError` where something cannot
  ///   be written.
  @discardableResult
  public func run(
    _ watch: (TrainingEvent) throws -> Void = { _ in }, until shouldStop: () -> Bool = { false }
  ) throws -> TrainingSummary {
    var last: StepRecord?
    var evaluation: EvaluationRecord?
    var stop: EarlyStop?
    let clock = ContinuousClock()
    let (start, before) = (clock.now, numbers.seconds)
    while numbers.step < totalSteps {
      let record = try savingFailures(step)
      last = record
      figures.add(record)
      numbers.seconds = before + (clock.now - start).inSeconds
      try log.append(record)
      try events?.append(record)
      try watch(.step(record))
      let isLast = numbers.step == totalSteps
      if isLast || isTime(recipe.evalEvery), let record = try savingFailures(evaluate) {
        evaluation = record
        figures.evaluation = record.figures
        try watch(.evaluated(record))
      }
      if !isLast {
        stop = numbers.evaluations.stop(after: numbers.step, by: recipe.earlyStopping)
      }
      if let stop { try log.append(stop) }
      let isStopping = stop != nil || !isLast && shouldStop()
      numbers.seconds = before + (clock.now - start).inSeconds
      if isLast || isStopping || isTime(recipe.saveEvery) {
        try save()
        try watch(.saved(step: numbers.step))
      }
      if isStopping { break }
    }
    try drawLosses()
    let isFinished = stop != nil || numbers.step == totalSteps
    let test = isFinished ? try test() : nil
    if let test { try watch(.tested(test)) }
    return TrainingSummary(
      steps: numbers.step, totalSteps: totalSteps, loss: last?.loss, lastEvaluation: evaluation,
      test: test,
      seconds: numbers.seconds, earlyStop: stop)
  }

  private func isTime(_ interval: Int?) -> Bool {
    interval.map { numbers.step.isMultiple(of: $0) } ?? false
  }

  /// Writes the adapter, and then the state that it belongs to.
  package func save() throws {
    let training = resolved.training
    try training.liveWeights.write(
      to: folder.lastPath, on: resolved.model.graph, projection: projection,
      readme: card(after: figures.evaluation).text,
      modelConfiguration: resolved.modelConfiguration)
    try log.flush()
    numbers.logBytes = log.byteCount
    try events?.flush()
    numbers.events = events?.place
    numbers.position = stream.position
    try RunState(
      numbers: numbers, trained: training.liveTensors, optimizer: training.optimizer.liveState,
      schedule: training.scheduleMemory
    ).write(to: folder.statePath, recipe: recipe)
    savedStep = numbers.step
  }

  /// Bases that their key gives again are not saved.
  package var projection: AdapterContents.Projection {
    resolved.training.canDrawBases ? .none : .shared
  }

  private func drawLosses() throws {
    let losses = try LoggedLosses(folder.logPath)
    guard !losses.training.isEmpty else { return }
    var series = [LossChart.Series(name: "training", points: losses.training)]
    if !losses.evaluation.isEmpty {
      series.append(
        LossChart.Series(name: "evaluation", points: losses.evaluation, isEvaluation: true))
    }
    try LossChart(
      series, strips: losses.strips, stepsPerEpoch: losses.stepsPerEpoch, subtitle: recipe.model
    ).write(to: folder.chartPath)
  }
}

extension Duration {
  package var inSeconds: Double {
    let (whole, fraction) = components
    return Double(whole) + Double(fraction) * 1e-18
  }
}
