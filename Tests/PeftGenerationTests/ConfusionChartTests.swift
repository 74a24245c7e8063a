import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("Chart of the confusion") struct ConfusionChartTests {
  /// Most examples are right, some are the class before.
  private func counts(_ count: Int, times scale: Int = 37) -> ConfusionCounts {
    var counts = ConfusionCounts(classCount: count)
    for truth in 0..<count {
      counts[truth, truth] = scale * (truth % 5 + 3)
      counts[truth, (truth + count - 1) % count] += scale * (truth % 3)
      counts[truth, (truth * 7 + 2) % count] += truth % 4
    }
    return counts
  }

  /// Writes what can be looked at where `CHARTS` names a folder.
  private func keep(_ chart: ConfusionChart, _ name: String) throws {
    guard let folder = ProcessInfo.processInfo.environment["CHARTS"] else { return }
    try chart.write(to: "\(folder)/\(name).svg")
  }

  @Test(
    "Every field that counts something is coloured, and every class named",
    arguments: [2, 4, 12, 30])
  func sizes(count: Int) throws {
    let names = (0..<count).map { "class \($0)" }
    let counts = counts(count)
    let chart = ConfusionChart(counts, names: names, subtitle: "gpt2 · eval.jsonl")
    try keep(chart, "confusion-\(count)")
    let reader = try #require(SVGReader.read(chart.svg))
    let filled = counts.rows.joined().filter { $0 > 0 }.count
    // The card, a border a field, a colour for what is filled, six in the legend.
    #expect(reader.elements["rect"] == 1 + count * count + filled + 6)
    for name in names { #expect(reader.text.contains(name)) }
    #expect(
      reader.text.contains(
        "\(counts.exampleCount.formatted(.number.locale(.init(identifier: "en_US")))) examples"))
  }

  @Test("Long names, names with marks of XML and large counts stay inside the picture")
  func names() throws {
    let names = [
      "a very long name of a class that nobody would write", "<b>&\"", "日本語のクラス", "naïve\nline",
    ]
    let chart = ConfusionChart(counts(4, times: 1_234_567), names: names, subtitle: "minilm")
    try keep(chart, "confusion-names")
    let text = try #require(SVGReader.read(chart.svg)).text
    #expect(text.contains("<b>&\"") && text.contains("日本語のクラス") && text.contains("naïve\\u{a}line"))
    #expect(text.contains("a very long name o…uld write"))
    #expect(!text.contains(names[0]))
    let numbers = chart.svg.matches(of: /\ (?:x|y|width|height)="([^"]*)"/).map {
      Double($0.output.1)
    }
    #expect(numbers.allSatisfy { $0.map { 0...860 ~= $0 || $0.magnitude < 10 } ?? false })
  }

  @Test("Without examples and with a single class there is a picture, too")
  func nothing() throws {
    for count in [1, 3] {
      let svg = ConfusionChart(ConfusionCounts(classCount: count)).svg
      let text = try #require(SVGReader.read(svg)).text
      #expect(text.contains("0 examples"))
      #expect(!svg.contains("nan"))
    }
  }
}
