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
  /// How long it takes, without reading models, as some steps of each contestant have shown.
  public let seconds: Double

  public var words: String {
    "\(contestants.counted("tuner")), \(steps.grouped) steps in all (a run has \(stepsOfRun.grouped)), "
      + "about \(seconds.asDuration), up to \(plannedBytes.asBytes) beside the model"
  }
}

extension Bakeoff {
  /// What the whole bake-off takes. Some steps of each contestant are timed for that.
  /// - Throws: What is wrong with model or data.
  public func cost() throws -> BakeoffCost {
    let runs = try contestants.indices.map(resolved)
    let total = runs.map(\.totalSteps).max() ?? 0
    return BakeoffCost(
      contestants: contestants.count, steps: contestants.count * search.steps(of: total),
      stepsOfRun: total,
      plannedBytes: try runs.map { try $0.training.plannedBytes(for: $0.largestShapes) }.max() ?? 0,
      seconds: try search.seconds(of: runs.map { try $0.timed() }))
  }
}

extension BakeoffSearch {
  /// How long all runs of all contestants take.
  /// - Parameter steps: Those of a run; as many as it has where nil.
  func seconds(of contestants: [RunTime], steps: Int? = nil) -> Double {
    contestants.reduce(0) { $0 + $1.seconds(of: self.steps(of: steps ?? $1.steps)) }
  }

  private static let fewestSteps = 8

  /// Steps of a run with which all fit into a time, at most those that it has.
  /// - Throws: `BakeoffError.tooLittleTime` where not even a few fit.
  func steps(of contestants: [RunTime], within seconds: Double) throws -> Int {
    func needed(_ steps: Int) -> Double { self.seconds(of: contestants, steps: steps) }
    let wanted = contestants.map(\.steps).max() ?? 0
    guard needed(wanted) > seconds else { return wanted }
    var (fitting, tooMany) = (0, wanted)
    while tooMany - fitting > 1 {
      let middle = fitting + (tooMany - fitting) / 2
      if needed(middle) > seconds { tooMany = middle } else { fitting = middle }
    }
    let fewest = min(wanted, Self.fewestSteps)
    guard fitting >= fewest else {
      throw BakeoffError.tooLittleTime(needed: needed(fewest), given: seconds)
    }
    return fitting
  }
}
