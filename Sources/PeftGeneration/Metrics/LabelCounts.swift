/// Counts of a classifier whose examples have any number of labels, to which batches are added.
///
/// Scores are scikit-learn's with its defaults: every label counts in averages, also one that is nowhere.
/// Without examples they are NaN.
public struct LabelCounts: Hashable, Sendable {
  /// The counts of each label.
  public private(set) var labels: [ClassCounts]
  public private(set) var exampleCount = 0
  /// How many examples have exactly the labels that were predicted.
  public private(set) var exactCount = 0

  public init(labelCount: Int) {
    labels = Array(repeating: ClassCounts(), count: labelCount)
  }

  /// Counts one example: for each label whether it has it, and whether that was predicted.
  public mutating func add(truth: [Bool], prediction: [Bool]) {
    precondition(
      truth.count == labels.count && prediction.count == labels.count,
      "\(truth.count) and \(prediction.count) values for \(labels.count) labels")
    exampleCount += 1
    if truth == prediction { exactCount += 1 }
    for (index, (isMeant, isPredicted)) in zip(truth, prediction).enumerated() {
      switch (isMeant, isPredicted) {
      case (true, true): labels[index].truePositives += 1
      case (true, false): labels[index].falseNegatives += 1
      case (false, true): labels[index].falsePositives += 1
      case (false, false): break
      }
    }
  }

  /// Adds the counts of other examples.
  public static func += (a: inout LabelCounts, b: LabelCounts) {
    precondition(a.labels.count == b.labels.count, "\(a.labels.count) labels, \(b.labels.count)")
    a.exampleCount += b.exampleCount
    a.exactCount += b.exactCount
    for (index, label) in b.labels.enumerated() {
      a.labels[index].truePositives += label.truePositives
      a.labels[index].falsePositives += label.falsePositives
      a.labels[index].falseNegatives += label.falseNegatives
    }
  }

  /// The share of examples of which every label was found and no other predicted.
  public var subsetAccuracy: Double { Double(exactCount) / Double(exampleCount) }

  public var macro: ClassAverage { .macro(counted) }
  public var micro: ClassAverage { .micro(counted) }
  public var weighted: ClassAverage { .weighted(counted) }

  private var counted: [ClassCounts] { exampleCount == 0 ? [] : labels }
}
