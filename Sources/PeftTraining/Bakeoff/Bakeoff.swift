public import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports
import TunerKit

/// Tuners that are trained on the same model and data, one after the other, and compared.
///
///     let bakeoff = try Bakeoff(
///       TrainingRecipe(path: "recipe.yaml"),
///       [BakeoffTuner("lora:r=16"), BakeoffTuner("randlora:match")])
///     try bakeoff.run()
///     print(try bakeoff.results().report(as: .table))
///
/// All runs of one seed see the same batches in the same order. Each has a folder of its own in the recipe's output,
/// which `peft train --resume` knows, too. A search tries several learning rates and seeds for each tuner.
public final class Bakeoff {
  public let contestants: [BakeoffContestant]
  /// What the user should know about the tuners on this model.
  public let warnings: [String]
  /// Opens what all runs have in common.
  private let source: RunSource
  /// What each contestant starts from.
  private let starts: [RunStart]
  private let folder: BakeoffFolder
  private var record: BakeoffRecord
  /// Of what it is measured how much was forgotten; nil where it is not.
  private lazy var retained: RetainedRows? = record.retain.flatMap { path in
    contestants.first.map { RetainedRows(path, of: $0.recipe, catalog: source.catalog) }
  }

  /// What happens in a bake-off.
  public enum Event {
    /// A run begins, or is resumed.
    case began(BakeoffRun, Trainer)
    case training(BakeoffRun, TrainingEvent)
    case ended(BakeoffRun, TrainingSummary)
    /// A run's loss or gradients became inf or NaN; the others are still trained.
    case failed(BakeoffRun, TrainingError)
    /// What adapters forgot is measured: of so many models, so many.
    case retaining(Int, of: Int)
  }

  /// A new bake-off.
  /// - Parameters:
  ///   - recipe: What all tuners have in common; its own tuner does not take part.
  ///   - catalog: What the recipe's model can name, and the runs' recipes when they are resumed.
  ///   - budget: A number of trainable parameters, for which the tuners' ranks are chosen.
  ///   - learningRates: Other rates than the recipe's, by the names of tuners or contestants.
  ///   - search: Learning rates and seeds that are tried for each tuner.
  ///   - retain: Rows that the base knew, of which it is measured how much the adapters forgot.
  ///   - seconds: What all runs may take together: they get fewer steps where they would take longer, as some steps
  ///     of each contestant show.
  /// - Throws: `BakeoffError`; `BakeoffMismatch` where the checkpoint lacks what a tuner needs;
  ///   `ComparisonError` where a tuner cannot be applied to the model.
  public init(
    _ recipe: TrainingRecipe, _ tuners: [BakeoffTuner], catalog: TrainingCatalog,
    budget: ParameterBudget? = nil, learningRates: [String: Double] = [:],
    search: BakeoffSearch = BakeoffSearch(), retain: String? = nil,
    within seconds: Double? = nil
  ) throws {
    source = RunSource(catalog)
    let prepared = try PreparedBakeoff(
      recipe, tuners, in: source, budget: budget, learningRates: learningRates, search: search,
      retain: retain, within: seconds)
    (contestants, starts, warnings) = (prepared.contestants, prepared.starts, prepared.warnings)
    folder = try BakeoffFolder(new: recipe.output)
    record = BakeoffRecord(
      search: search, retain: prepared.retain,
      contestants: contestants.map {
        BakeoffRecord.Entry(name: $0.name, recipe: $0.recipe.text)
      })
  }

  /// A bake-off that was stopped; one that is finished has nothing left to run.
  /// - Parameters:
  ///   - path: The bake-off's folder.
  ///   - catalog: What its recipes and its model can name.
  ///   - threads: Other threads than the recipe's; losses do not depend on it.
  public init(resuming path: String, catalog: TrainingCatalog, threads: Int? = nil) throws {
    let source = RunSource(catalog)
    let folder = try BakeoffFolder(resuming: path)
    let record = try folder.read()
    (self.source, self.folder, self.record) = (source, folder, record)
    let entries = try record.contestants.map { entry in
      var recipe = try TrainingRecipe(
        text: entry.recipe, path: folder.recordPath, catalog: catalog)
      recipe.output = path.file(entry.name)
      if let threads { recipe.threads = threads }
      guard case .tuner(let configuration) = recipe.start else {
        throw BakeoffError.unreadable(path.file(BakeoffFolder.recordName))
      }
      let graph = try source.model(of: recipe).graph
      let adapter = try Adapter(configuration, for: graph)
      return (
        contestant: BakeoffContestant(
          name: entry.name, recipe: recipe, budget: try Budget(adapter, on: graph)),
        start: try RunStart(fresh: adapter, on: graph)
      )
    }
    contestants = entries.map(\.contestant)
    starts = entries.map(\.start)
    warnings = []
  }

  /// What is tried for each contestant.
  public var search: BakeoffSearch { record.search }

  /// Whether all have been trained to the end, or can go no further.
  public var isFinished: Bool {
    contestants.indices.allSatisfy { next(of: $0) == nil } && unmeasured.isEmpty
  }

  private func next(of index: Int) -> BakeoffOrder.Task? {
    record.order(of: contestants[index]).next { outcome($0, of: index) }
  }

  private func outcome(_ task: BakeoffOrder.Task, of index: Int) -> BakeoffOrder.Outcome {
    record.contestants[index].outcome(task, of: contestants[index], record.search)
  }

  /// Trains all that are not finished, until it is asked to stop, and draws the losses.
  /// - Parameters:
  ///   - watch: Told what happens, between steps.
  ///   - shouldStop: Asked after every step.
  /// - Throws: What a run throws, except where loss or gradients become inf or NaN.
  public func run(
    _ watch: (Event) throws -> Void = { _ in }, until shouldStop: () -> Bool = { false }
  ) throws {
    do { try measureBase() } catch {
      folder.discardUnlessBegun()
      throw error
    }
    for index in contestants.indices {
      while let task = next(of: index) {
        do { try train(index, task, watch, shouldStop) } catch {
          folder.discardUnlessBegun()
          throw error
        }
        try folder.write(record)
        guard outcome(task, of: index) != .pending else {
          return try results().chart.write(to: folder.chartPath)
        }
      }
    }
    try measureForgetting(watch)
    try results().chart.write(to: folder.chartPath)
  }

  /// The folder of the bake-off.
  public var path: String { folder.path }
  /// Where the losses are drawn.
  public var chartPath: String { folder.chartPath }

  /// What is known of all contestants.
  public func results() throws -> BakeoffResults {
    BakeoffResults(
      try zip(contestants, record.contestants).map { try BakeoffResult($0, $1, in: record) },
      search: record.search, metric: contestants.first?.recipe.metric ?? .loss)
  }

  /// Trains a run up to a rung of the search.
  private func train(
    _ index: Int, _ task: BakeoffOrder.Task, _ watch: (Event) throws -> Void,
    _ shouldStop: () -> Bool
  ) throws {
    let run = contestants[index].run(rate: task.rate, seed: task.seed, of: record.search)
    var known = record.contestants[index].runs[run.name] ?? BakeoffRecord.Run()
    defer { record.contestants[index].runs[run.name] = known }
    let trainer: Trainer
    do { trainer = try self.trainer(run, of: index) } catch let error as TrainingSetupError
      where error.isEnd
    {
      // It was killed between its last step and the note of it.
      known.isFinished = true
      let state = try RunState(folder: run.recipe.output.file("state"))
      known.note(state.numbers.evaluations.best?.value, atRung: task.rung)
      return
    }
    known.plannedBytes = try known.plannedBytes ?? trainer.plannedBytes()
    record.contestants[index].runs[run.name] = known
    try folder.write(record)
    let last = BakeoffSearch.step(
      ofRung: task.rung, of: trainer.totalSteps, evaluatedEvery: run.recipe.evalEvery)
    guard trainer.startStep < last else {
      known.note(trainer.numbers.evaluations.best?.value, atRung: task.rung)
      return
    }
    try watch(.began(run, trainer))
    var timer = StepTimer()
    defer {
      known.timedSteps += timer.steps
      known.timedSeconds += timer.seconds
    }
    do {
      let summary = try trainer.run(
        { event in
          timer.note(event)
          try watch(.training(run, event))
          timer.restart()
        }, until: { shouldStop() || trainer.numbers.step >= last })
      known.isFinished = summary.isFinished
      if summary.steps >= last || summary.isFinished {
        known.note(trainer.numbers.evaluations.best?.value, atRung: task.rung)
      }
      try watch(.ended(run, summary))
    } catch TrainingError.diverged(let divergence) {
      let error = TrainingError.diverged(divergence)
      known.failure = error.description
      try watch(.failed(run, error))
    }
  }

  private func trainer(_ run: BakeoffRun, of index: Int) throws -> Trainer {
    let path = run.recipe.output
    // What a run starts from depends on its seed.
    let start = run.recipe.start == contestants[index].recipe.start ? starts[index] : nil
    guard !FileWriter.isThere(path.file("state")) else {
      return try Trainer(resuming: path, threads: run.recipe.threads, in: source) {
        $0.start == run.recipe.start ? start : nil
      }
    }
    folder.clear(run)
    return try Trainer(run.recipe, startingFrom: start, in: source)
  }

  /// A contestant's first run with all that it names, without a folder.
  func resolved(_ index: Int) throws -> ResolvedRun {
    try ResolvedRun(contestants[index].recipe, startingFrom: starts[index], in: source)
  }

  // MARK: Forgetting

  /// The runs of which it is not known yet what they forgot.
  private var unmeasured: [(contestant: Int, run: BakeoffRun)] {
    guard record.retain != nil else { return [] }
    return contestants.indices.flatMap { index in
      record.finalRuns(of: contestants[index], record.contestants[index]).filter {
        let known = record.contestants[index].runs[$0.name]
        return known?.forgetting == nil && known?.failure == nil
      }.map { (index, $0) }
    }
  }

  /// What the base says, before anything is trained: a mistake in the rows shows at once.
  private func measureBase() throws {
    guard let retained, record.retainedLoss == nil else { return }
    record.retainedLoss = try retained.measureBase()
  }

  private func measureForgetting(_ watch: (Event) throws -> Void) throws {
    guard let retained else { return }
    let runs = unmeasured
    for (number, (index, run)) in runs.enumerated() {
      try watch(.retaining(number + 1, of: runs.count))
      let best = run.recipe.output.file("best")
      let forgotten = try retained.forgotten(
        by: FileWriter.isThere(best) ? best : run.recipe.output.file("last"),
        baseLoss: record.retainedLoss)
      record.contestants[index].runs[run.name]?.forgetting = forgotten
      try folder.write(record)
    }
  }
}

/// Times the steps alone. The first one, which plans memory, does not count.
private struct StepTimer {
  private(set) var steps = 0
  private(set) var seconds = 0.0
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant?

  mutating func note(_ event: TrainingEvent) {
    guard case .step = event, let start else { return }
    steps += 1
    seconds += (clock.now - start).inSeconds
  }

  mutating func restart() { start = clock.now }
}
