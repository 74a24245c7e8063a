import OrderedCollections

extension ParameterChart {
  /// The chart as an SVG document. It has a background of its own and follows a dark scheme.
  public var svg: String { ChartDrawing(self).svg }
}

/// One chart on its way to a picture: sizes, axes, colours.
struct ChartDrawing {
  let chart: ParameterChart
  let x: LogarithmicAxis
  let y: LogarithmicAxis
  let models: OrderedSet<String>
  let names: OrderedSet<String>
  let legendRows: [[(line: ParameterChart.Line, x: Double)]]

  static let (width, left, top) = (860.0, 74.0, 74.0)
  static let plotHeight = 330.0
  static let bottom = top + plotHeight
  let right: Double

  private static let colors = ["#2f7ed8", "#d9730d", "#2a9d5c", "#a05fd0", "#c94f7c", "#12959f"]
  private static let dashes = ["none", "8 4", "2 4", "10 4 2 4", "5 2", "1 2"]

  init(_ chart: ParameterChart) {
    self.chart = chart
    models = OrderedSet(chart.lines.map(\.model))
    names = OrderedSet(chart.lines.map(\.name))
    let isSingle = models.count == 1
    let longest = chart.lines.map { Self.label($0, isSingle: isSingle).count }.max() ?? 0
    let margin = LabelLayout.width(of: String(repeating: "m", count: longest), size: 12.5) + 34
    right = Self.width - min(280, max(70, margin))
    let points = chart.lines.flatMap { $0.curve + $0.marks }
    x = LogarithmicAxis(points.map(\.rank), from: Self.left + 8, to: right - 8)
    y = LogarithmicAxis(
      points.map(\.parameters), from: Self.bottom, to: Self.top, padding: 0.06)
    legendRows = Self.legendRows(chart.lines, isSingle: isSingle)
  }

  var svg: String {
    let height = Self.bottom + 62 + 20 * Double(legendRows.count) + 16
    var drawing = SVGText()
    drawing.add(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": Self.n(Self.width),
        "height": Self.n(height),
        "viewBox": "0 0 \(Self.n(Self.width)) \(Self.n(height))", "role": "img",
        "font-family": "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif",
      ]
    ) { svg in
      svg.add("title", [:], text: "\(Self.title): \(chart.subtitle)")
      svg.add("style", [:], text: Self.style)
      svg.add(
        "rect",
        [
          "class": "card", "x": "0.5", "y": "0.5", "width": Self.n(Self.width - 1),
          "height": Self.n(height - 1), "rx": "8",
        ])
      svg.add(
        "text", ["class": "ink", "x": "24", "y": "32", "font-size": "17", "font-weight": "600"],
        text: Self.title)
      svg.add(
        "text", ["class": "soft", "x": "24", "y": "52", "font-size": "13"], text: chart.subtitle)
      addAxes(to: &svg)
      for line in chart.lines { add(line, to: &svg) }
      addMarks(to: &svg)
      addEndLabels(to: &svg)
      addLegend(to: &svg)
    }
    return drawing.lines.joined(separator: "\n") + "\n"
  }

  private static let title = "Trained parameters against rank"

  /// Light by itself, dark where the reader's system is. Colours of lines stand out on both.
  private static let style = [
    ".card { fill: #ffffff; stroke: #d0d7de } .grid { stroke: #e4e8ec } .axis { stroke: #8c959f }",
    ".ink { fill: #1f2328 } .soft { fill: #59636e } .halo { stroke: #ffffff }",
    "@media (prefers-color-scheme: dark) {",
    ".card { fill: #12161c; stroke: #30363d } .grid { stroke: #262c34 } .axis { stroke: #6e7681 }",
    ".ink { fill: #e6edf3 } .soft { fill: #9198a1 } .halo { stroke: #12161c } }",
  ].joined(separator: " ")

  static func n(_ value: Double) -> String { SVGText.number(value) }

  func color(_ line: ParameterChart.Line) -> String {
    Self.colors[(names.firstIndex(of: line.name) ?? 0) % Self.colors.count]
  }

  func dash(_ line: ParameterChart.Line) -> String {
    Self.dashes[(models.firstIndex(of: line.model) ?? 0) % Self.dashes.count]
  }

  static func label(_ line: ParameterChart.Line, isSingle: Bool) -> String {
    isSingle ? line.name : "\(line.model.shortened(to: 22)) · \(line.name)"
  }
}

// MARK: - Axes

extension ChartDrawing {
  private func addAxes(to svg: inout SVGText) {
    for tick in y.decades() {
      let place = Self.n(y.position(of: tick))
      svg.add(
        "line",
        ["class": "grid", "x1": Self.n(Self.left), "x2": Self.n(right), "y1": place, "y2": place])
      svg.add(
        "text",
        [
          "class": "soft", "x": Self.n(Self.left - 8), "y": Self.n(y.position(of: tick) + 4),
          "font-size": "12", "text-anchor": "end",
        ], text: tick.tickText)
    }
    for tick in x.powersOfTwo(atMost: Int((right - Self.left) / 40)) {
      let place = Self.n(x.position(of: tick))
      svg.add(
        "line",
        [
          "class": "grid", "x1": place, "x2": place, "y1": Self.n(Self.top),
          "y2": Self.n(Self.bottom),
        ])
      svg.add(
        "text",
        [
          "class": "soft", "x": place, "y": Self.n(Self.bottom + 18), "font-size": "12",
          "text-anchor": "middle",
        ], text: "\(tick)")
    }
    svg.add(
      "line",
      [
        "class": "axis", "x1": Self.n(Self.left), "x2": Self.n(right),
        "y1": Self.n(Self.bottom), "y2": Self.n(Self.bottom),
      ])
    svg.add(
      "text",
      [
        "class": "ink", "x": Self.n((Self.left + right) / 2), "y": Self.n(Self.bottom + 40),
        "font-size": "13", "text-anchor": "middle",
      ], text: "rank r")
    svg.add(
      "text",
      [
        "class": "ink",
        "transform": "translate(20 \(Self.n(Self.top + Self.plotHeight / 2))) rotate(-90)",
        "font-size": "13", "text-anchor": "middle",
      ], text: "trained parameters")
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
