import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports

/// How a contestant of a bake-off did.
public struct BakeoffResult: Hashable, Sendable {
  /// One of a contestant's runs.
  public struct Run: Hashable, Sendable {
    public let run: BakeoffRun
    /// The last step.
    public let steps: Int
    /// The best value of the metric, after the step of each rung that was reached; nil where none was finite.
    public let values: [Double?]
    public let bestLoss: Double?
    /// The accuracy of the evaluation with the lowest loss, where the objective has one.
    public let bestAccuracy: Double?
    /// The change of the loss on what the base knew; nil where that was not measured.
    public let forgetting: Double?
    /// Why it failed.
    public let failure: String?
    /// Its losses.
    public let training: [LossChart.Point]
    public let evaluation: [LossChart.Point]
  }

  public let contestant: BakeoffContestant
  /// All that were begun, in the order of learning rates and seeds.
  public let runs: [Run]
  /// Those that say how good it is: the best learning rate with every seed; empty where all have failed, or where
  /// it is not known yet.
  public let finalRuns: [Run]
  /// The losses of the first of these, or of the first run of all.
  public let training: [LossChart.Point]
  public let evaluation: [LossChart.Point]
  /// The mean time of a step of all runs, without evaluations and saving.
  public let secondsPerStep: Double?
  /// Bytes that a step takes beside the model's own weights, as planned.
  public let plannedBytes: Int?
  /// The length of the adapter's file.
  public let adapterBytes: Int?
  /// Why all its runs failed.
  public let failure: String?

  public var firstLoss: Double? { training.first?.loss }
  public var lastLoss: Double? { training.last?.loss }
  public var bestEvaluation: LossChart.Point? { evaluation.min { $0.loss < $1.loss } }
  /// The accuracy of the best evaluation, where the objective has one.
  public var bestAccuracy: Double? { (finalRuns.first ?? runs.first)?.bestAccuracy }
  /// The best learning rate, or the only one.
  public var learningRate: Double {
    finalRuns.first?.run.learningRate ?? contestant.recipe.optimizer.learningRate
  }
  /// Best losses, accuracies and forgetting of the final runs.
  public var losses: Spread? { Spread(finalRuns.map(\.bestLoss)) }
  public var accuracies: Spread? { Spread(finalRuns.map(\.bestAccuracy)) }
  public var forgetting: Spread? { Spread(finalRuns.map(\.forgetting)) }
  /// The metric of the final runs.
  public var values: Spread? { Spread(finalRuns.map { $0.values.last ?? nil }) }

  init(
    _ contestant: BakeoffContestant, _ entry: BakeoffRecord.Entry, in record: BakeoffRecord
  ) throws {
    self.contestant = contestant
    let search = record.search
    let all = (search.compares ? Array(search.learningRates.indices) : [0]).flatMap { rate in
      (0..<search.seeds).map { contestant.run(rate: rate, seed: $0, of: search) }
    }
    var logs: [String: LoggedLosses] = [:]
    func result(_ run: BakeoffRun) throws -> Run? {
      guard let known = entry.runs[run.name] else { return nil }
      let log = run.recipe.output.file("log.jsonl")
      let losses = try logs[run.name] ?? (FileWriter.isThere(log) ? LoggedLosses(log) : nil)
      logs[run.name] = losses
      let best = losses?.evaluation.min { $0.loss < $1.loss }
      return Run(
        run: run, steps: losses?.training.last?.step ?? 0, values: known.values,
        bestLoss: best?.loss, bestAccuracy: best.flatMap { losses?.accuracies[$0.step] },
        forgetting: known.forgetting, failure: known.failure, training: losses?.training ?? [],
        evaluation: losses?.evaluation ?? [])
    }
    runs = try all.compactMap(result)
    finalRuns = try record.finalRuns(of: contestant, entry).compactMap(result)
    let shown = finalRuns.first ?? runs.first
    training = shown.flatMap { logs[$0.run.name]?.training } ?? []
    evaluation = shown.flatMap { logs[$0.run.name]?.evaluation } ?? []
    let steps = entry.runs.values.reduce(0) { $0 + $1.timedSteps }
    let seconds = entry.runs.values.reduce(0) { $0 + $1.timedSeconds }
    secondsPerStep = steps > 0 ? seconds / Double(steps) : nil
    plannedBytes = entry.runs.values.compactMap(\.plannedBytes).max()
    let tensors = shown?.run.recipe.output.file("last").file(AdapterFolder.tensorsName)
    adapterBytes = try tensors.flatMap { path in
      FileWriter.isThere(path) ? try MappedFile(path: path).bytes.count : nil
    }
    failure = finalRuns.isEmpty ? runs.first?.failure : nil
  }
}

/// Mean and standard deviation of what runs with several seeds came to.
public struct Spread: Hashable, Sendable {
  public let mean: Double
  /// The sample's, with one less in the divisor; 0 for one run.
  public let deviation: Double
  public let count: Int

  /// - Returns: Nil where a run has no value.
  init?(_ values: [Double?]) {
    let known = values.compactMap { $0 }
    guard !known.isEmpty, known.count == values.count else { return nil }
    count = known.count
    mean = known.reduce(0, +) / Double(count)
    let (middle, others) = (mean, count - 1)
    deviation =
      others > 0
      ? (known.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(others)).squareRoot() : 0
  }
}

/// How all contestants of a bake-off did.
public struct BakeoffResults: Hashable, Sendable {
  /// In the order of the command line.
  public let results: [BakeoffResult]
  /// What was tried for each.
  public let search: BakeoffSearch
  /// What they are compared by.
  public let metric: EarlyStopping.Metric

  init(_ results: [BakeoffResult], search: BakeoffSearch, metric: EarlyStopping.Metric) {
    (self.results, self.search, self.metric) = (results, search, metric)
  }

  /// A line for each contestant, and a dashed one for its evaluation.
  public var chart: LossChart {
    LossChart(
      results.flatMap { result in
        let name = result.contestant.name
        return [
          LossChart.Series(name: name, points: result.training),
          LossChart.Series(name: name, points: result.evaluation, isEvaluation: true),
        ].filter { !$0.points.isEmpty }
      }, subtitle: results.first?.contestant.budget.model ?? "")
  }
}
