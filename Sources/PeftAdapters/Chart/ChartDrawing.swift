import OrderedCollections
import PeftReports

extension ParameterChart {
  /// The chart as an SVG document. It has a background of its own and follows a dark scheme.
  public var svg: String { ChartDrawing(self).svg }
}

/// Draws one chart: sizes, axes, colours.
struct ChartDrawing {
  let chart: ParameterChart
  let x: LogarithmicAxis
  let y: LogarithmicAxis
  let models: OrderedSet<String>
  let names: OrderedSet<String>
  private let frame: ChartFrame

  private static let dashes = ["none", "8 4", "2 4", "10 4 2 4", "5 2", "1 2"]

  init(_ chart: ParameterChart) {
    self.chart = chart
    models = OrderedSet(chart.lines.map(\.model))
    names = OrderedSet(chart.lines.map(\.name))
    let isSingle = models.count == 1
    frame = ChartFrame(labels: chart.lines.map { Self.label($0, isSingle: isSingle) })
    let points = chart.lines.flatMap { $0.curve + $0.marks }
    x = LogarithmicAxis(points.map(\.rank), from: ChartFrame.left + 8, to: frame.right - 8)
    y = LogarithmicAxis(
      points.map(\.parameters), from: ChartFrame.bottom, to: ChartFrame.top, padding: 0.06)
  }

  var svg: String {
    let legend = ChartLegend(
      chart.lines.map { line in
        ChartLegend.Entry(text: label(line), color: color(line), dash: dash(line))
      })
    return ChartFrame.document(
      title: "Trainable parameters against rank", subtitle: chart.subtitle,
      height: legend.chartHeight
    ) { svg in
      frame.addAxes(
        x: x.powersOfTwo(atMost: Int((right - ChartFrame.left) / 40)).map {
          ChartFrame.Tick(place: x.position(of: $0), text: "\($0)")
        }, named: "rank r",
        y: y.decades().map { ChartFrame.Tick(place: y.position(of: $0), text: $0.tickText) },
        named: "trainable parameters", to: &svg)
      for line in chart.lines { add(line, to: &svg) }
      addMarks(to: &svg)
      frame.add(endLabels, to: &svg)
      legend.add(to: &svg)
    }
  }

  /// Where the plot ends.
  var right: Double { frame.right }

  func color(_ line: ParameterChart.Line) -> String {
    ChartFrame.colors[(names.firstIndex(of: line.name) ?? 0) % ChartFrame.colors.count]
  }

  func dash(_ line: ParameterChart.Line) -> String {
    Self.dashes[(models.firstIndex(of: line.model) ?? 0) % Self.dashes.count]
  }

  private func label(_ line: ParameterChart.Line) -> String {
    Self.label(line, isSingle: models.count == 1)
  }

  private var endLabels: [ChartFrame.EndLabel] {
    chart.lines.compactMap { line in
      line.curve.last.map { end in
        ChartFrame.EndLabel(
          text: label(line), color: color(line), x: x.position(of: end.rank),
          y: y.position(of: end.parameters))
      }
    }
  }

  private static func label(_ line: ParameterChart.Line, isSingle: Bool) -> String {
    isSingle ? line.name : "\(line.model.shortened(to: 22)) · \(line.name)"
  }
}

extension Int {
  /// `1k`, `200k`, `10M`: a round number on an axis.
  fileprivate var tickText: String {
    var (value, index) = (self, 0)
    let units = ["", "k", "M", "B", "T", "Q"]
    while value >= 1000, value % 1000 == 0, index < units.count - 1 {
      (value, index) = (value / 1000, index + 1)
    }
    return "\(value)\(units[index])"
  }
}
