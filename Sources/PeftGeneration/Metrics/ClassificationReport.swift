/// How good a classifier is, with the names of its classes.
///
/// ```swift
/// var counts = ConfusionCounts(classCount: 2)
/// counts.add(truth: 0, prediction: 1)
/// print(try ClassificationReport(counts, names: ["no", "yes"]).report(as: .table))
/// ```
public struct ClassificationReport: Hashable, Sendable {
  /// The names of the classes, or of the labels.
  public let names: [String]
  /// The counts of each class.
  public let classes: [ClassCounts]
  /// Examples by true and predicted class; nil where an example may have several labels.
  public let confusion: ConfusionCounts?
  public let exampleCount: Int
  /// The share of examples that are right: whose class, or all of whose labels, were found.
  public let accuracy: Double
  public let macro: ClassAverage
  public let micro: ClassAverage
  public let weighted: ClassAverage

  /// - Parameter names: One for each class; their numbers where nil.
  public init(_ counts: ConfusionCounts, names: [String]? = nil) {
    self.names = Self.names(names, count: counts.classCount)
    classes = counts.classes
    confusion = counts
    exampleCount = counts.exampleCount
    accuracy = counts.accuracy
    (macro, micro, weighted) = (counts.macro, counts.micro, counts.weighted)
  }

  /// - Parameter names: One for each label; their numbers where nil.
  public init(_ counts: LabelCounts, names: [String]? = nil) {
    self.names = Self.names(names, count: counts.labels.count)
    classes = counts.labels
    confusion = nil
    exampleCount = counts.exampleCount
    accuracy = counts.subsetAccuracy
    (macro, micro, weighted) = (counts.macro, counts.micro, counts.weighted)
  }

  private static func names(_ names: [String]?, count: Int) -> [String] {
    precondition(names.map { $0.count == count } ?? true, "names for \(count) classes")
    return names ?? (0..<count).map(String.init)
  }
}
