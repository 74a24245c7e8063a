import OrderedCollections
import PeftAdapters
import PeftBasics
import PeftReports

/// Draws one chart of losses.
struct LossDrawing {
  private let chart: LossChart
  private let lines: [Line]
  private let names: OrderedSet<String>
  private let frame: ChartFrame
  private let x: ValueAxis
  private let y: ValueAxis

  /// A series that has points to draw.
  private struct Line {
    let series: LossChart.Series
    let label: String
    /// What was measured.
    let points: [LossChart.Point]
    /// What is drawn over it; nil where the points are few enough to be a line themselves.
    let smoothed: [LossChart.Point]?

    var main: [LossChart.Point] { smoothed ?? points }
  }

  init(_ chart: LossChart) {
    self.chart = chart
    names = OrderedSet(chart.series.map(\.name))
    let isLogarithmic = chart.isLogarithmic
    let lines = chart.series.compactMap { series -> Line? in
      let points = series.points.filter { $0.hasPlace && (!isLogarithmic || $0.loss > 1e-300) }
      guard !points.isEmpty else { return nil }
      let hasTwin = chart.series.contains {
        $0.name == series.name && $0.isEvaluation != series.isEvaluation
      }
      return Line(
        series: series,
        label: series.name.shortened(to: 24)
          + (hasTwin && series.isEvaluation ? ", evaluated" : ""),
        points: points, smoothed: series.isEvaluation ? nil : points.smoothed)
    }
    self.lines = lines
    frame = ChartFrame(labels: lines.map(Self.endText) + chart.strips.map(\.endText))
    let steps = lines.flatMap { [$0.points.first?.step ?? 0, $0.points.last?.step ?? 0] }
    x = ValueAxis(
      Double(steps.min() ?? 0)...Double(steps.max() ?? 1), from: ChartFrame.left + 8,
      to: frame.right - 8)
    let losses = lines.flatMap { $0.main.map(\.loss) + $0.points.usual.map(\.loss) }
    y = ValueAxis(
      (losses.min() ?? 1)...(losses.max() ?? 2), isLogarithmic: isLogarithmic,
      from: ChartFrame.bottom, to: ChartFrame.top, padding: 0.05)
  }

  var svg: String {
    let legend = ChartLegend(
      lines.map { ChartLegend.Entry(text: $0.label, color: color($0), dash: dash($0)) })
    let strips = StripDrawing(
      chart.strips, x: x, right: frame.right, top: legend.chartHeight - 16,
      colors: ChartFrame.colors.dropFirst(names.count))
    return ChartFrame.document(
      title: "Loss", subtitle: chart.subtitle.shortened(to: 110), height: strips.bottom + 16
    ) { svg in
      frame.addAxes(
        x: x.ticks(about: 8, isWhole: true).map {
          ChartFrame.Tick(place: x.position(of: $0.value), text: $0.text)
        }, named: stepsName,
        y: y.ticks(about: 6).map {
          ChartFrame.Tick(place: y.position(of: $0.value), text: $0.text)
        }, named: y.isLogarithmic ? "loss, logarithmic" : "loss", to: &svg)
      for line in lines where line.smoothed != nil {
        add(line.points, of: line, width: "1", opacity: "0.25", to: &svg)
      }
      for line in lines {
        add(line.main, of: line, width: "2", opacity: "1", to: &svg)
        if line.series.isEvaluation || line.main.count == 1 { addMarks(of: line, to: &svg) }
      }
      frame.add(lines.compactMap(endLabel), to: &svg)
      legend.add(to: &svg)
      strips.add(to: &svg)
    }
  }

  private var stepsName: String {
    guard let steps = chart.stepsPerEpoch, steps.isFinite, steps > 0 else { return "step" }
    return
      "step (an epoch is \(steps < 9.95 ? steps.fixed(1) : Int(steps.rounded()).grouped) steps)"
  }

  private func color(_ line: Line) -> String {
    ChartFrame.colors[(names.firstIndex(of: line.series.name) ?? 0) % ChartFrame.colors.count]
  }

  private func dash(_ line: Line) -> String { line.series.isEvaluation ? "6 3" : "none" }

  // MARK: - Lines

  /// Draws points as a line. A column of pixels is drawn once, from its lowest loss to its highest.
  private func add(
    _ points: [LossChart.Point], of line: Line, width: String, opacity: String,
    to svg: inout SVGText
  ) {
    let places = points.map { point in
      (
        x: x.position(of: Double(point.step)),
        // An outlier is drawn at the edge.
        y: min(max(y.position(of: point.loss), ChartFrame.top), ChartFrame.bottom)
      )
    }
    var shown: [(x: Double, y: Double)] = []
    var start = places.startIndex
    while start < places.endIndex {
      let column = places[start...].prefix { $0.x < places[start].x + 0.5 }
      let ends = column.indices.sorted { places[$0].y < places[$1].y }
      let wanted = Set([column.startIndex, ends.first, ends.last, column.endIndex - 1])
      shown += column.indices.filter { wanted.contains($0) }.map { places[$0] }
      start = column.endIndex
    }
    let text = shown.map { "\(ChartFrame.n($0.x)),\(ChartFrame.n($0.y))" }
    svg.add(
      "polyline",
      [
        "points": text.joined(separator: " "), "fill": "none", "stroke": color(line),
        "stroke-width": width, "stroke-opacity": opacity, "stroke-linejoin": "round",
        "stroke-dasharray": dash(line),
      ])
  }

  private func addMarks(of line: Line, to svg: inout SVGText) {
    guard line.points.count <= 60 else { return }
    for point in line.points {
      svg.add(
        "circle",
        [
          "class": "halo", "cx": ChartFrame.n(x.position(of: Double(point.step))),
          "cy": ChartFrame.n(y.position(of: point.loss)), "r": "3.5", "fill": color(line),
          "stroke-width": "1.5",
        ])
    }
  }

  private func endLabel(_ line: Line) -> ChartFrame.EndLabel? {
    line.main.last.map { end in
      ChartFrame.EndLabel(
        text: Self.endText(line), color: color(line), x: x.position(of: Double(end.step)),
        y: min(max(y.position(of: end.loss), ChartFrame.top), ChartFrame.bottom))
    }
  }

  /// A line's name with its last loss.
  private static func endText(_ line: Line) -> String {
    "\(line.label) \(line.main.last?.loss.lossText ?? "")"
  }
}

extension LossChart {
  /// Whether losses are spread so far that a logarithmic axis shows more.
  fileprivate var isLogarithmic: Bool {
    let losses = series.flatMap { $0.points.filter(\.hasPlace).map(\.loss) }
    let hasPositive = losses.contains { $0 > 1e-300 }
    switch scale {
    case .linear: return false
    case .logarithmic: return hasPositive
    case .automatic:
      guard let low = losses.min(), let high = losses.max(), low > 1e-300 else { return false }
      return high / low > 30
    }
  }
}

extension LossChart.Point {
  /// Whether differences to other losses are finite, too.
  fileprivate var hasPlace: Bool { abs(loss) < 1e300 }
}

extension Double {
  /// Three or four digits, as losses are told apart.
  fileprivate var lossText: String {
    switch magnitude {
    case 0, 0.01..<100: fixed(3)
    case 100..<10_000: fixed(1)
    default: scientific
    }
  }
}
