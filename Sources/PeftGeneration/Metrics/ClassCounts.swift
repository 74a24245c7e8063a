/// How often one class was meant and predicted, and what follows from that.
///
/// A quotient whose divisor is 0 is 0, as scikit-learn has it by default.
public struct ClassCounts: Hashable, Sendable {
  public var truePositives: Int
  public var falsePositives: Int
  public var falseNegatives: Int

  public init(truePositives: Int = 0, falsePositives: Int = 0, falseNegatives: Int = 0) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.falseNegatives = falseNegatives
  }

  /// How many examples are of this class.
  public var support: Int { truePositives + falseNegatives }
  /// How many examples were taken for it.
  public var predictedCount: Int { truePositives + falsePositives }

  /// The share of the examples taken for this class that are of it.
  public var precision: Double { Self.ratio(truePositives, predictedCount) }
  /// The share of this class's examples that were found.
  public var recall: Double { Self.ratio(truePositives, support) }
  /// The harmonic mean of precision and recall.
  public var f1: Double { Self.ratio(2 * truePositives, support + predictedCount) }

  private static func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}

/// Precision, recall and F1 of several classes in one number each; NaN where there are no classes.
public struct ClassAverage: Hashable, Sendable {
  public let precision: Double
  public let recall: Double
  public let f1: Double

  /// The mean over classes, each counting the same.
  public static func macro(_ classes: [ClassCounts]) -> ClassAverage {
    weighted(classes) { _ in 1 }
  }

  /// The mean over classes, each counting by how many examples it has; 0 where none has any.
  public static func weighted(_ classes: [ClassCounts]) -> ClassAverage {
    guard classes.isEmpty || classes.contains(where: { $0.support > 0 }) else {
      return ClassAverage(precision: 0, recall: 0, f1: 0)
    }
    return weighted(classes) { Double($0.support) }
  }

  /// The scores of all classes' counts taken together. Where an example has one class, all three are
  /// the accuracy.
  public static func micro(_ classes: [ClassCounts]) -> ClassAverage {
    guard !classes.isEmpty else { return ClassAverage(precision: .nan, recall: .nan, f1: .nan) }
    let sum = classes.reduce(into: ClassCounts()) { sum, one in
      sum.truePositives += one.truePositives
      sum.falsePositives += one.falsePositives
      sum.falseNegatives += one.falseNegatives
    }
    return ClassAverage(precision: sum.precision, recall: sum.recall, f1: sum.f1)
  }

  private static func weighted(
    _ classes: [ClassCounts], _ weight: (ClassCounts) -> Double
  ) -> ClassAverage {
    let whole = classes.reduce(0) { $0 + weight($1) }
    func mean(_ score: (ClassCounts) -> Double) -> Double {
      classes.reduce(0) { $0 + weight($1) * score($1) } / whole
    }
    return ClassAverage(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1))
  }
}
