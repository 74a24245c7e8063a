import ModelGraph
import PeftGeneration
import PeftTensors

/// Compares a model's outputs with labels, batch by batch.
protocol Scorer: Sendable {
  /// Adds a batch.
  /// - Parameters:
  ///   - outputs: The output that is measured, row by row.
  ///   - labels: As the loss takes them.
  mutating func add(_ outputs: Tensor, labels: Tensor)
  /// The scores of all batches so far.
  var scores: Scores { get }
  /// Whether each row has one class, so that there is a confusion.
  var hasConfusion: Bool { get }
}

extension Scorer {
  var hasConfusion: Bool { false }
}

/// Every row has one class: the one of the largest logit is predicted, and of several such the first.
struct ClassScorer: Scorer {
  let hasConfusion = true
  private var counts: ConfusionCounts
  private let names: [String]?

  /// - Parameter names: One for each class; their numbers where nil.
  init(count: Int, names: [String]?) {
    counts = ConfusionCounts(classCount: count)
    self.names = names
  }

  mutating func add(_ outputs: Tensor, labels: Tensor) {
    let (logits, classes) = (outputs.floats(), labels.integers() ?? [])
    let width = counts.classCount
    for (row, truth) in classes.enumerated() where truth != CrossEntropy.ignoredLabel {
      counts.add(truth: truth, prediction: logits[row * width..<(row + 1) * width].largest)
    }
  }

  var scores: Scores { .classes(ClassificationReport(counts, names: names)) }
}

/// Every row has any number of labels: those are predicted whose probability is at least 1/2.
struct LabelScorer: Scorer {
  private var counts: LabelCounts
  private let names: [String]?

  /// - Parameter names: One for each label; their numbers where nil.
  init(count: Int, names: [String]?) {
    counts = LabelCounts(labelCount: count)
    self.names = names
  }

  mutating func add(_ outputs: Tensor, labels: Tensor) {
    let (logits, truths) = (outputs.floats(), labels.floats())
    let width = counts.labels.count
    for start in stride(from: 0, to: truths.count, by: width) {
      let row = start..<start + width
      counts.add(truth: truths[row].map { $0 >= 0.5 }, prediction: logits[row].map { $0 >= 0 })
    }
  }

  var scores: Scores { .classes(ClassificationReport(counts, names: names)) }
}

/// Every row has numbers, one for each output.
struct NumberScorer: Scorer {
  private var sums: [RegressionSums]
  private var ranks: [RankCorrelation]

  init(count: Int) {
    sums = Array(repeating: RegressionSums(), count: count)
    ranks = Array(repeating: RankCorrelation(), count: count)
  }

  mutating func add(_ outputs: Tensor, labels: Tensor) {
    for (index, (guess, truth)) in zip(outputs.floats(), labels.floats()).enumerated() {
      let output = index % sums.count
      sums[output].add(truth: Double(truth), prediction: Double(guess))
      ranks[output].add(truth: Double(truth), prediction: Double(guess))
    }
  }

  var scores: Scores { .numbers(zip(sums, ranks).map { RegressionReport($0, ranks: $1) }) }
}

extension ArraySlice<Float> {
  /// The place of the largest, counted from the slice's start.
  var largest: Int {
    var best = startIndex
    for index in indices where self[index] > self[best] { best = index }
    return best - startIndex
  }
}
