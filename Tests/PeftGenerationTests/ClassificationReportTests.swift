import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Reports of metrics") struct ClassificationReportTests {
  private static var counts: ConfusionCounts {
    var counts = ConfusionCounts(classCount: 3)
    for (truth, prediction, count) in [(0, 0, 1200), (0, 1, 300), (1, 1, 2)] {
      counts[truth, prediction] = count
    }
    return counts
  }

  @Test("A report for people has the classes by name, their averages and the confusion")
  func table() {
    let report = ClassificationReport(Self.counts, names: ["licence", "change|log", "doc\nstring"])
    #expect(
      report.report(as: .table) == """
        measure                value
        examples               1,502
        accuracy              0.8003
        balanced accuracy     0.9000
        Matthews correlation  0.0728

          class           precision  recall      F1  examples  predicted
        each class
          licence            1.0000  0.8000  0.8889     1,500      1,200
          change|log         0.0066  1.0000  0.0132         2        302
          doc\\u{a}string     0.0000  0.0000  0.0000         0          0

        average
          macro              0.5033  0.9000  0.4510
          micro              0.8003  0.8003  0.8003
          weighted           0.9987  0.8003  0.8877

        true ↓  predicted →  licence  change|log  doc\\u{a}string
        licence                1,200         300           0
        change|log                 0           2           0
        doc\\u{a}string             0           0           0

        """)
    #expect(report.report(as: .markdown).contains("change\\|log"))
  }

  @Test("JSON has every score unrounded, and null for NaN")
  func json() throws {
    let report = ClassificationReport(Self.counts, names: ["a", "b", "c"])
    let text = report.report(as: .json)
    let value = try Array(text.utf8).withUnsafeBytes { try JSONValue($0) }
    #expect(value["accuracy"]?.double == 1202.0 / 1502)
    #expect(value["confusion"] == [[1200, 300, 0], [0, 2, 0], [0, 0, 0]])
    #expect(value["classes"]?.elements?.map { $0["name"] } == ["a", "b", "c"])
    #expect(value["classes"]?.elements?[2]["f1"]?.double == 0)
    let empty = ClassificationReport(ConfusionCounts(classCount: 2)).report(as: .json)
    let nothing = try Array(empty.utf8).withUnsafeBytes { try JSONValue($0) }
    #expect(nothing["accuracy"] == .null && nothing["f1_macro"] == .null)
    #expect(nothing["classes"]?.elements?.map { $0["name"] } == ["0", "1"])
  }

  @Test("CSV has a row for each class")
  func csv() {
    let report = ClassificationReport(Self.counts, names: ["a", "b,c", "d"])
    #expect(
      report.report(as: .csv).split(separator: "\r\n") == [
        "name,precision,recall,f1,support,predicted", "a,1.0,0.8,0.8888888888888888,1500,1200",
        "\"b,c\",0.006622516556291391,1.0,0.013157894736842105,2,302", "d,0.0,0.0,0.0,0,0",
      ])
  }

  @Test("With several labels there is no confusion, and accuracy says of what")
  func labels() throws {
    var counts = LabelCounts(labelCount: 2)
    counts.add(truth: [true, false], prediction: [true, true])
    counts.add(truth: [true, false], prediction: [true, false])
    let report = ClassificationReport(counts, names: ["news", "sport"])
    let text = report.report(as: .json)
    let value = try Array(text.utf8).withUnsafeBytes { try JSONValue($0) }
    #expect(value["subset_accuracy"]?.double == 0.5)
    #expect(value["accuracy"] == nil && value["confusion"] == nil)
    #expect(report.confusionTable == nil)
    #expect(report.report(as: .table).contains("all labels right  0.5000"))
  }

  @Test("A report of numbers has Spearman's correlation where the numbers were kept")
  func numbers() throws {
    var (sums, ranks) = (RegressionSums(), RankCorrelation())
    for number in [1.0, 2, 4] {
      sums.add(truth: number, prediction: number * number)
      ranks.add(truth: number, prediction: number * number)
    }
    #expect(
      RegressionReport(sums).report(as: .table) == """
        measure                 value
        examples                    3
        mean squared error    49.3333
        mean absolute error    4.6667
        R²                   -30.7143
        Pearson                0.9897

        """)
    let text = RegressionReport(sums, ranks: ranks).report(as: .json)
    let value = try Array(text.utf8).withUnsafeBytes { try JSONValue($0) }
    // The ranks are the same; the sums are rounded.
    #expect(abs((value["spearman"]?.double ?? 0) - 1) < 1e-15)
    #expect(value["mean_squared_error"]?.double == 148.0 / 3)
  }
}
