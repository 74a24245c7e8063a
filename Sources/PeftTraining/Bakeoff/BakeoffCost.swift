import PeftBasics

/// What a bake-off takes, as far as that can be said before it begins.
public struct BakeoffCost: Hashable, Sendable {
  public let contestants: Int
  /// Optimizer steps of all runs together, where none fails.
  public let steps: Int
  /// Those of one run.
  public let stepsOfRun: Int
  /// Bytes that the largest step takes beside the model's own weights, as planned.
  public let plannedBytes: Int

  public var words: String {
    "\(contestants.counted("tuner")), \(steps.grouped) steps in all (a run has \(stepsOfRun.grouped)), up to "
      + "\(plannedBytes.asBytes) beside the model"
  }
}

extension Bakeoff {
  /// What the whole bake-off takes; nil where there is no search, so that each run says it for itself.
  /// - Throws: What is wrong with model or data.
  public func cost() throws -> BakeoffCost? {
    guard search.hasManyRuns else { return nil }
    let runs = try contestants.indices.map(resolved)
    guard let total = runs.map(\.totalSteps).max() else { return nil }
    return BakeoffCost(
      contestants: contestants.count, steps: contestants.count * search.steps(of: total),
      stepsOfRun: total,
      plannedBytes: try runs.map { try $0.training.plannedBytes(for: $0.largestShapes) }.max() ?? 0)
  }
}
