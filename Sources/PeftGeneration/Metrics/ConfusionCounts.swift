import PeftPlatform

/// How often each class was taken for each: counts by true and by predicted class, to which batches are
/// added. From them follow the scores of a classifier whose examples have one class each.
///
/// Scores are scikit-learn's with its defaults: a class that is neither meant nor predicted anywhere does
/// not count in averages. Without examples they are NaN.
public struct ConfusionCounts: Hashable, Sendable {
  public let classCount: Int
  /// Row by row, a row for each true class.
  private var counts: [Int]

  public init(classCount: Int) {
    precondition(classCount > 0, "a table of \(classCount) classes")
    self.classCount = classCount
    counts = Array(repeating: 0, count: classCount * classCount)
  }

  /// How many examples of the class `truth` were taken for `prediction`.
  public subscript(truth: Int, prediction: Int) -> Int {
    get { counts[index(truth, prediction)] }
    set { counts[index(truth, prediction)] = newValue }
  }

  private func index(_ truth: Int, _ prediction: Int) -> Int {
    precondition(
      0..<classCount ~= truth && 0..<classCount ~= prediction,
      "class \(truth), predicted \(prediction), of \(classCount)")
    return truth * classCount + prediction
  }

  /// Counts one example.
  public mutating func add(truth: Int, prediction: Int) { self[truth, prediction] += 1 }

  /// Adds the counts of other examples.
  public static func += (a: inout ConfusionCounts, b: ConfusionCounts) {
    precondition(a.classCount == b.classCount, "\(a.classCount) classes and \(b.classCount)")
    for index in a.counts.indices { a.counts[index] += b.counts[index] }
  }

  /// The counts as rows, one for each true class.
  public var rows: [[Int]] {
    (0..<classCount).map { Array(counts[$0 * classCount..<($0 + 1) * classCount]) }
  }
}

// MARK: - Scores

extension ConfusionCounts {
  public var exampleCount: Int { counts.reduce(0, +) }

  private var rightCount: Int { (0..<classCount).reduce(0) { $0 + self[$1, $1] } }

  /// The counts of each class.
  public var classes: [ClassCounts] {
    var classes = Array(repeating: ClassCounts(), count: classCount)
    for truth in 0..<classCount {
      for prediction in 0..<classCount {
        let count = self[truth, prediction]
        if truth == prediction {
          classes[truth].truePositives += count
        } else {
          classes[truth].falseNegatives += count
          classes[prediction].falsePositives += count
        }
      }
    }
    return classes
  }

  /// The share of examples whose class was found.
  public var accuracy: Double { Double(rightCount) / Double(exampleCount) }

  /// The mean recall of the classes that have examples.
  public var balancedAccuracy: Double {
    let recalls = classes.filter { $0.support > 0 }.map(\.recall)
    return recalls.reduce(0, +) / Double(recalls.count)
  }

  public var macro: ClassAverage { .macro(metClasses) }
  public var micro: ClassAverage { .micro(metClasses) }
  public var weighted: ClassAverage { .weighted(metClasses) }

  private var metClasses: [ClassCounts] {
    classes.filter { $0.support + $0.predictedCount > 0 }
  }

  /// Matthews correlation coefficient of any number of classes; 0 where all examples are of one class, or
  /// taken for one.
  public var matthewsCorrelation: Double {
    let count = Double(exampleCount)
    guard count > 0 else { return .nan }
    let classes = classes
    func sum(_ product: (ClassCounts) -> Double) -> Double {
      classes.reduce(0) { $0 + product($1) }
    }
    let both = Double(rightCount) * count - sum { Double($0.support) * Double($0.predictedCount) }
    let truth = count * count - sum { Double($0.support) * Double($0.support) }
    let predicted =
      count * count - sum { Double($0.predictedCount) * Double($0.predictedCount) }
    return truth * predicted == 0 ? 0 : both / (truth * predicted).squareRoot()
  }
}
