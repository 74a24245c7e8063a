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
/// All see the same batches in the same order, with the same random seed. Each has a
/// folder of its own in the recipe's output, which `peft train --resume` knows, too.
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

  /// What happens in a bake-off.
  public enum Event {
    /// A contestant's run begins, or is resumed.
    case began(BakeoffContestant, Trainer)
    case training(BakeoffContestant, TrainingEvent)
    case ended(BakeoffContestant, TrainingSummary)
    /// A contestant's loss or gradients became inf or NaN; the others are still trained.
    case failed(BakeoffContestant, TrainingError)
  }

  /// A new bake-off.
  /// - Parameters:
  ///   - recipe: What all tuners have in common; its own tuner does not take part.
  ///   - catalog: What the recipe's model can name, and the runs' recipes when they are resumed.
  ///   - budget: A number of trainable parameters, for which the tuners' ranks are chosen.
  ///   - learningRates: Other rates than the recipe's, by the names of tuners or contestants.
  /// - Throws: `BakeoffError`; `BakeoffMismatch` where the checkpoint lacks what a tuner needs;
  ///   `ComparisonError` where a tuner cannot be applied to the model.
  public init(
    _ recipe: TrainingRecipe, _ tuners: [BakeoffTuner], catalog: TrainingCatalog,
    budget: ParameterBudget? = nil, learningRates: [String: Double] = [:]
  ) throws {
    source = RunSource(catalog)
    let model = try source.model(of: recipe)
    let lineUp = try BakeoffLineUp(
      recipe.classifying(on: model), tuners, on: model.graph, wish: budget,
      learningRates: learningRates)
    contestants = lineUp.contestants
    starts = try lineUp.adapters.map { try RunStart(fresh: $0, on: model.graph) }
    if recipe.weights != Model.randomWeights { try Self.check(contestants, starts, on: model) }
    warnings = lineUp.warnings
    folder = try BakeoffFolder(new: recipe.output)
    record = BakeoffRecord(
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

  /// Makes sure, before the first is trained, that the checkpoint has what each of them needs.
  private static func check(
    _ contestants: [BakeoffContestant], _ starts: [RunStart], on model: ModelSource
  ) throws {
    for (contestant, start) in zip(contestants, starts) {
      do { try model.checkWeights(lacking: start.replaced) } catch let mismatch
        as ParameterMismatch
      {
        throw BakeoffMismatch(contestant: contestant.name, mismatch: mismatch)
      }
    }
  }

  /// Whether all have been trained to the end, or can go no further.
  public var isFinished: Bool { record.contestants.allSatisfy(\.isDone) }

  /// Trains all that are not finished, until it is asked to stop, and draws the losses.
  /// - Parameters:
  ///   - watch: Told what happens, between steps.
  ///   - shouldStop: Asked after every step.
  /// - Throws: What a run throws, except where loss or gradients become inf or NaN.
  public func run(
    _ watch: (Event) throws -> Void = { _ in }, until shouldStop: () -> Bool = { false }
  ) throws {
    for index in contestants.indices where !record.contestants[index].isDone {
      do { try train(index, watch, shouldStop) } catch {
        folder.discardUnlessBegun()
        throw error
      }
      try folder.write(record)
      guard record.contestants[index].isDone else { break }
    }
    try results().chart.write(to: folder.chartPath)
  }

  /// The folder of the bake-off.
  public var path: String { folder.path }
  /// Where the losses are drawn.
  public var chartPath: String { folder.chartPath }

  /// What is known of all contestants.
  public func results() throws -> BakeoffResults {
    BakeoffResults(
      try zip(contestants, record.contestants).map { try BakeoffResult($0, $1) })
  }

  private func train(
    _ index: Int, _ watch: (Event) throws -> Void, _ shouldStop: () -> Bool
  ) throws {
    let contestant = contestants[index]
    let trainer: Trainer
    do { trainer = try self.trainer(index) } catch let error as TrainingSetupError where error.isEnd
    {
      record.contestants[index].isFinished = true
      return
    }
    record.contestants[index].plannedBytes = try trainer.plannedBytes()
    try folder.write(record)
    try watch(.began(contestant, trainer))
    var timer = StepTimer()
    defer {
      record.contestants[index].timedSteps += timer.steps
      record.contestants[index].timedSeconds += timer.seconds
    }
    do {
      let summary = try trainer.run(
        { event in
          timer.note(event)
          try watch(.training(contestant, event))
          timer.restart()
        }, until: shouldStop)
      record.contestants[index].isFinished = summary.isFinished
      try watch(.ended(contestant, summary))
    } catch TrainingError.diverged(let divergence) {
      let error = TrainingError.diverged(divergence)
      record.contestants[index].failure = error.description
      try watch(.failed(contestant, error))
    }
  }

  private func trainer(_ index: Int) throws -> Trainer {
    let (contestant, start) = (contestants[index], starts[index])
    let path = contestant.recipe.output
    guard !FileWriter.isThere(path.file("state")) else {
      return try Trainer(
        resuming: path, threads: contestant.recipe.threads, in: source
      ) { $0.start == contestant.recipe.start ? start : nil }
    }
    folder.clear(contestant)
    return try Trainer(contestant.recipe, startingFrom: start, in: source)
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
