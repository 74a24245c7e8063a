import PeftBasics

/// What a bake-off tries for each contestant before it says how good it is: several learning rates, of which the best
/// are found by successive halving, and several random seeds.
///
/// All learning rates are trained for a quarter of the steps; the better half goes on to half of them, and the better
/// half of these to the end. The best one there is trained with the other seeds. What is better is decided by the metric
/// after as many steps, never by time.
public struct BakeoffSearch: Hashable, Sendable {
  /// In ascending order; none where each contestant has its own.
  public var learningRates: [Double]
  /// Runs of each contestant with its best learning rate, each with a seed of its own.
  public var seeds: Int

  /// - Parameter learningRates: In any order.
  public init(learningRates: [Double] = [], seeds: Int = 1) {
    self.learningRates = Set(learningRates).sorted()
    self.seeds = max(1, seeds)
  }

  /// Whether there is anything to choose from.
  var compares: Bool { learningRates.count > 1 }

  /// Whether a contestant has more than one run.
  public var hasManyRuns: Bool { compares || seeds > 1 }

  /// Shares of all steps after which runs are compared.
  static let rungs = [0.25, 0.5, 1]

  /// The step after which runs are compared, which is one that is evaluated.
  static func step(ofRung rung: Int, of total: Int, evaluatedEvery every: Int?) -> Int {
    let wanted = Int((rungs[rung] * Double(total)).rounded(.up))
    guard let every else { return min(total, max(1, wanted)) }
    return min(total, wanted.dividedRoundingUp(by: every) * every)
  }

  /// Steps that all runs of a contestant take together, where none fails.
  /// - Parameter total: Those of a whole run.
  public func steps(of total: Int) -> Int {
    var (count, sum, before) = (max(1, learningRates.count), 0, 0)
    for rung in Self.rungs.indices where compares {
      let step = Self.step(ofRung: rung, of: total, evaluatedEvery: nil)
      sum += count * (step - before)
      (count, before) = (count.dividedRoundingUp(by: 2), step)
    }
    return (compares ? sum : total) + (seeds - 1) * total
  }

  /// Learning rates as they are written: `1e-4,1e-3`, or `1e-4..1e-2` for 1 and 3 in every power of ten between.
  /// - Returns: Nil where it is neither.
  public static func learningRates(in text: String) -> [Double]? {
    guard let range = text.firstRange(of: "..") else {
      let rates = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      return rates.allSatisfy { $0.map(isRate) ?? false } ? rates.compactMap { $0 } : nil
    }
    guard let low = Double(text[..<range.lowerBound]), let high = Double(text[range.upperBound...]),
      isRate(low), isRate(high), low < high
    else { return nil }
    // As they are written, so that 3e-4 is 3e-4.
    let usual = (-12...3).flatMap { power in [1, 3].compactMap { Double("\($0)e\(power)") } }
    return [low] + usual.filter { low < $0 && $0 < high } + [high]
  }

  private static func isRate(_ rate: Double) -> Bool { rate.isFinite && rate > 0 }
}
