import Peft
import PeftTestSupport
import Testing

/// Scores of random predictions, against scikit-learn's and SciPy's (`metrics.json`).
@Suite("Metrics") struct MetricsTests {
  struct Classes: Decodable, CustomTestStringConvertible, Sendable {
    let name: String
    let count: Int
    let truth, prediction: [Int]
    let accuracy, balancedAccuracy, matthews: Double
    let precision, recall, f1: [Double]
    let support: [Int]
    let confusion: [[Int]]
    let macro, micro, weighted: [Double]
    var testDescription: String { name }
  }

  struct Labels: Decodable, CustomTestStringConvertible, Sendable {
    let name: String
    let truth, prediction: [[Int]]
    let subsetAccuracy: Double
    let precision, recall, f1: [Double]
    let support: [Int]
    let macro, micro, weighted: [Double]
    var testDescription: String { name }
  }

  struct Numbers: Decodable, CustomTestStringConvertible, Sendable {
    let name: String
    let truth, prediction: [Double]
    let meanSquaredError, meanAbsoluteError: Double
    let r2, pearson, spearman: Double?
    var testDescription: String { name }
  }

  struct Text: Decodable, Sendable {
    let lossSum: Double
    let tokens, bytes: Int
    let perplexity, bitsPerByte: Double
  }

  /// Both are sums of the same 64-bit numbers, in another order.
  static func isNear(_ value: Double, _ expected: Double?, within tolerance: Double = 1e-12) -> Bool
  {
    guard let expected else { return value.isNaN }
    return (value - expected).magnitude <= tolerance * max(1, expected.magnitude)
  }

  static func isNear(_ values: [Double], _ expected: [Double]) -> Bool {
    values.count == expected.count && zip(values, expected).allSatisfy { isNear($0, $1) }
  }

  static func scores(_ average: ClassAverage) -> [Double] {
    [average.precision, average.recall, average.f1]
  }

  @Test(
    "Scores of classes are scikit-learn's, in one go and batch by batch",
    arguments: try Fixture.rows("metrics.json", at: "classes", as: Classes.self, exactly: 12))
  func classes(expected: Classes) {
    let pairs = Array(zip(expected.truth, expected.prediction))
    var counts = ConfusionCounts(classCount: expected.count)
    for start in stride(from: 0, to: pairs.count, by: 7) {
      var batch = ConfusionCounts(classCount: expected.count)
      for (truth, prediction) in pairs[start..<min(start + 7, pairs.count)] {
        batch.add(truth: truth, prediction: prediction)
      }
      counts += batch
    }
    #expect(counts.rows == expected.confusion)
    #expect(counts.exampleCount == pairs.count)
    #expect(counts.classes.map(\.support) == expected.support)
    #expect(Self.isNear(counts.accuracy, expected.accuracy))
    #expect(Self.isNear(counts.balancedAccuracy, expected.balancedAccuracy))
    #expect(Self.isNear(counts.matthewsCorrelation, expected.matthews))
    #expect(Self.isNear(counts.classes.map(\.precision), expected.precision))
    #expect(Self.isNear(counts.classes.map(\.recall), expected.recall))
    #expect(Self.isNear(counts.classes.map(\.f1), expected.f1))
    #expect(Self.isNear(Self.scores(counts.macro), expected.macro))
    #expect(Self.isNear(Self.scores(counts.micro), expected.micro))
    #expect(Self.isNear(Self.scores(counts.weighted), expected.weighted))
  }

  @Test(
    "Scores of several labels are scikit-learn's",
    arguments: try Fixture.rows("metrics.json", at: "labels", as: Labels.self, exactly: 6))
  func labels(expected: Labels) {
    let count = expected.support.count
    var (counts, second) = (LabelCounts(labelCount: count), LabelCounts(labelCount: count))
    for (index, (truth, prediction)) in zip(expected.truth, expected.prediction).enumerated() {
      let (truth, prediction) = (truth.map { $0 == 1 }, prediction.map { $0 == 1 })
      if index.isMultiple(of: 2) {
        counts.add(truth: truth, prediction: prediction)
      } else {
        second.add(truth: truth, prediction: prediction)
      }
    }
    counts += second
    #expect(counts.exampleCount == expected.truth.count)
    #expect(counts.labels.map(\.support) == expected.support)
    #expect(Self.isNear(counts.subsetAccuracy, expected.subsetAccuracy))
    #expect(Self.isNear(counts.labels.map(\.precision), expected.precision))
    #expect(Self.isNear(counts.labels.map(\.recall), expected.recall))
    #expect(Self.isNear(counts.labels.map(\.f1), expected.f1))
    #expect(Self.isNear(Self.scores(counts.macro), expected.macro))
    #expect(Self.isNear(Self.scores(counts.micro), expected.micro))
    #expect(Self.isNear(Self.scores(counts.weighted), expected.weighted))
  }

  @Test(
    "Scores of numbers are SciPy's and scikit-learn's, in one go and from two parts",
    arguments: try Fixture.rows("metrics.json", at: "numbers", as: Numbers.self, exactly: 10))
  func numbers(expected: Numbers) {
    for cut in [0, 1, expected.truth.count / 3, expected.truth.count] {
      var sums = [RegressionSums(), RegressionSums()]
      var ranks = [RankCorrelation(), RankCorrelation()]
      for (index, (truth, guess)) in zip(expected.truth, expected.prediction).enumerated() {
        sums[index < cut ? 0 : 1].add(truth: truth, prediction: guess)
        ranks[index < cut ? 0 : 1].add(truth: truth, prediction: guess)
      }
      sums[0] += sums[1]
      ranks[0] += ranks[1]
      #expect(sums[0].count == expected.truth.count)
      #expect(Self.isNear(sums[0].meanSquaredError, expected.meanSquaredError))
      #expect(Self.isNear(sums[0].meanAbsoluteError, expected.meanAbsoluteError))
      // Numbers about 10⁶ have a spread of 1: six digits fewer.
      #expect(Self.isNear(sums[0].r2, expected.r2, within: 1e-9))
      #expect(Self.isNear(sums[0].pearson, expected.pearson, within: 1e-9))
      #expect(Self.isNear(ranks[0].spearman, expected.spearman))
    }
  }

  @Test(
    "Perplexity and bits per byte follow from the sum of the losses",
    arguments: try Fixture.rows("metrics.json", at: "texts", as: Text.self, exactly: 2))
  func texts(expected: Text) {
    let half = Measurement(
      lossSum: expected.lossSum / 2, entryCount: expected.tokens, byteCount: expected.bytes)
    let rest = Measurement(lossSum: expected.lossSum / 2, entryCount: 0, byteCount: 0)
    let measured = half + rest
    #expect(Self.isNear(measured.perplexity, expected.perplexity))
    #expect(Self.isNear(measured.bitsPerByte ?? .nan, expected.bitsPerByte))
    #expect((measured + Measurement(lossSum: 1, entryCount: 1)).bitsPerByte == nil)
  }

  @Test("Without examples scores are NaN, and one number that is NaN spoils a rank correlation")
  func nothing() {
    let counts = ConfusionCounts(classCount: 3)
    #expect(counts.accuracy.isNaN && counts.macro.f1.isNaN && counts.matthewsCorrelation.isNaN)
    #expect(LabelCounts(labelCount: 2).macro.f1.isNaN)
    #expect(RegressionSums().pearson.isNaN && RegressionSums().meanSquaredError.isNaN)
    var ranks = RankCorrelation()
    for number in [1, 2, Double.nan, 3] { ranks.add(truth: 1 / number, prediction: number) }
    #expect(ranks.spearman.isNaN)
  }
}
