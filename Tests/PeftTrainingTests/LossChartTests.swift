import Peft
import PeftReports
import PeftTestSupport
import Testing

@testable import struct PeftReports.ValueAxis

@Suite("Chart of losses") struct LossChartTests {
  private func points(_ count: Int, _ loss: (Int) -> Double) -> [LossChart.Point] {
    (1...count).map { LossChart.Point(step: $0, loss: loss($0)) }
  }

  /// Falls from 4 to 2, a little up and down at every step.
  private func falling(_ count: Int) -> [LossChart.Point] {
    points(count) { 2 + 2 / Double($0) + ($0 % 2 == 0 ? 0.1 : -0.1) }
  }

  @Test("Few points are a line; many are faint, with a smoothed line over them")
  func smoothing() throws {
    let few = LossChart([.init(name: "run", points: falling(50))]).svg
    #expect(try #require(SVGReader.read(few)).elements["polyline"] == 1)
    let many = LossChart([.init(name: "run", points: falling(500))]).svg
    #expect(try #require(SVGReader.read(many)).elements["polyline"] == 2)
    #expect(many.contains(#"stroke-opacity="0.25""#))
  }

  @Test("An evaluation has its points marked, its run's colour, and a name of its own")
  func evaluation() throws {
    let run = LossChart.Series(name: "lora", points: falling(50))
    let evaluated = LossChart.Series(
      name: "lora", points: points(3) { 3 / Double($0) }, isEvaluation: true)
    let other = LossChart.Series(name: "randlora", points: falling(20))
    let svg = LossChart([run, evaluated, other], subtitle: "gpt2").svg
    let reader = try #require(SVGReader.read(svg))
    #expect(reader.elements["circle"] == 3)
    for text in ["gpt2", "lora, evaluated 1.000", "lora 2.140", "randlora", "step", "loss"] {
      #expect(reader.text.contains(text))
    }
    #expect(Set(svg.matches(of: /fill="(#......)"/).map(\.output.1)).count == 2)
  }

  @Test("Losses that differ by more than a factor of 30 are drawn by their logarithm")
  func logarithmic() throws {
    let series = [LossChart.Series(name: "run", points: points(9) { 1 / Double($0 * $0) })]
    func isLogarithmic(_ scale: LossChart.Scale) throws -> Bool {
      let svg = LossChart(series, scale: scale).svg
      return try #require(SVGReader.read(svg)).text.contains("loss, logarithmic")
    }
    #expect(try isLogarithmic(.automatic))
    #expect(try isLogarithmic(.logarithmic))
    #expect(try !isLogarithmic(.linear))
  }

  @Test(
    "Whatever the losses are, the picture is one",
    arguments: [
      ([], 0), ([2], 2), ([2, 2, 2], 3), ([0, 0], 2), ([-1, 1], 2), ([.nan, .infinity, 3], 2),
      ([.nan], 0), ([1e-300, 1e300], 2), ([.leastNonzeroMagnitude, 1], 2),
      ([-.greatestFiniteMagnitude, .greatestFiniteMagnitude], 0),
    ] as [([Double], Int)], [LossChart.Scale.linear, .logarithmic, .automatic])
  func extremes(drawn: ([Double], Int), scale: LossChart.Scale) throws {
    let (losses, points) = drawn
    let places = losses.enumerated().map { LossChart.Point(step: $0.offset * 10, loss: $0.element) }
    let series = [false, true].map { isEvaluation in
      LossChart.Series(name: "<run>", points: places, isEvaluation: isEvaluation)
    }
    let svg = LossChart(series, subtitle: "a&b", scale: scale).svg
    let reader = try #require(SVGReader.read(svg))
    // The points of the evaluation, and a single one of the training.
    if scale == .linear { #expect(reader.elements["circle"] ?? 0 == points) }
    let numbers = svg.matches(of: /\ (points|x|y|cx|cy|x1|y1)="([^"]*)"/).map(\.output.2)
    #expect(!numbers.contains { $0.contains("nan") || $0.contains("inf") || $0.contains("e") })
  }

  @Test("One spike does not squeeze all other losses")
  func spike() throws {
    let points = points(500) { $0 == 250 ? 1000 : 3 - Double($0) / 500 }
    let svg = LossChart([.init(name: "run", points: points)], scale: .linear).svg
    let lines = try #require(SVGReader.read(svg)).text.split(whereSeparator: \.isNewline)
    let ticks = lines.map { $0.trimmingPrefix { $0 == " " } }.filter { Double($0) != nil }
    #expect(ticks == ["0", "20", "40", "60", "100", "200", "300", "400", "500"])
  }

  @Test("Accuracies and rates have plots of their own below, over the same steps")
  func strips() throws {
    func strip(_ name: String, _ values: [Double], areShares: Bool = false) -> LossChart.Strip {
      LossChart.Strip(
        name: name,
        points: values.enumerated().map {
          LossChart.Strip.Point(step: $0.offset, value: $0.element)
        },
        areShares: areShares)
    }
    let series = [LossChart.Series(name: "run", points: falling(50))]
    let plain = try #require(SVGReader.read(LossChart(series).svg))
    let strips = [
      strip("accuracy", [0.25, .nan, 0.755], areShares: true), strip("rate", [1e-3, 2e-4]),
      strip("nothing", [.infinity]),
    ]
    let chart = LossChart(series, strips: strips, stepsPerEpoch: 31.25)
    let reader = try #require(SVGReader.read(chart.svg))
    #expect(reader.elements["polyline"] == (plain.elements["polyline"] ?? 0) + 2)
    for text in ["accuracy", "75.5 %", "rate", "2.0e-4", "step (an epoch is 31 steps)"] {
      #expect(reader.text.contains(text), "\(text)")
    }
    #expect(!reader.text.contains("nothing"))
    #expect(!plain.text.contains("epoch"))
    let long = LossChart(
      series, strips: [strip("rate", (0..<100_000).map { Double($0 % 1000) })])
    #expect(long.svg.utf8.count < 40_000)
  }

  @Test("A long run's picture is not longer than its pixels")
  func longRun() {
    let svg = LossChart([.init(name: "run", points: falling(200_000))]).svg
    #expect(svg.utf8.count < 200_000)
    #expect(SVGReader.read(svg)?.elements["polyline"] == 2)
  }

  @Test("Ticks are round, and about as many as wanted")
  func ticks() {
    func texts(_ range: ClosedRange<Double>, isLogarithmic: Bool = false) -> [String] {
      ValueAxis(range, isLogarithmic: isLogarithmic, from: 0, to: 1).ticks(about: 5).map(\.text)
    }
    #expect(texts(0...10) == ["0", "2", "4", "6", "8", "10"])
    #expect(texts(2.03...2.41) == ["2.1", "2.2", "2.3", "2.4"])
    #expect(
      texts(1e-5...3, isLogarithmic: true) == ["0.00001", "0.0001", "0.001", "0.01", "0.1", "1"])
    #expect(texts(0.3...8, isLogarithmic: true) == ["0.5", "1", "2", "5"])
    #expect(texts(2...3, isLogarithmic: true) == ["2.0", "2.2", "2.4", "2.6", "2.8", "3.0"])
    #expect(
      ValueAxis(1...4, from: 0, to: 1).ticks(about: 8, isWhole: true).map(\.text)
        == ["1", "2", "3", "4"])
  }
}
