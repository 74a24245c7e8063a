import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports

/// How a contestant of a bake-off did.
public struct BakeoffResult: Hashable, Sendable {
  public let contestant: BakeoffContestant
  public let training: [LossChart.Point]
  public let evaluation: [LossChart.Point]
  /// The accuracy of the best evaluation, where the objective has one.
  public let bestAccuracy: Double?
  /// The mean time of a step, without evaluations and saving.
  public let secondsPerStep: Double?
  /// Bytes that a step takes beside the model's own weights, as planned.
  public let plannedBytes: Int?
  /// The length of the adapter's file.
  public let adapterBytes: Int?
  /// Why its run failed.
  public let failure: String?

  public var firstLoss: Double? { training.first?.loss }
  public var lastLoss: Double? { training.last?.loss }
  public var bestEvaluation: LossChart.Point? { evaluation.min { $0.loss < $1.loss } }

  init(_ contestant: BakeoffContestant, _ entry: BakeoffRecord.Entry) throws {
    self.contestant = contestant
    let folder = contestant.recipe.output
    let log = folder.file("log.jsonl")
    let losses = FileWriter.isThere(log) ? try LoggedLosses(log) : nil
    training = losses?.training ?? []
    evaluation = losses?.evaluation ?? []
    let best = evaluation.min { $0.loss < $1.loss }
    bestAccuracy = best.flatMap { losses?.accuracies[$0.step] }
    secondsPerStep =
      entry.timedSteps > 0 ? entry.timedSeconds / Double(entry.timedSteps) : nil
    plannedBytes = entry.plannedBytes
    let tensors = folder.file("last").file(AdapterFolder.tensorsName)
    adapterBytes = FileWriter.isThere(tensors) ? try MappedFile(path: tensors).bytes.count : nil
    failure = entry.failure
  }
}

/// How all contestants of a bake-off did.
public struct BakeoffResults: Hashable, Sendable {
  /// In the order of the command line.
  public let results: [BakeoffResult]

  init(_ results: [BakeoffResult]) { self.results = results }

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
