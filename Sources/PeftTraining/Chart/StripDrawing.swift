import PeftBasics
import PeftReports

/// Draws narrow plots below a chart of losses, one below the other, over the same steps.
struct StripDrawing {
  private let strips: [LossChart.Strip]
  private let x: ValueAxis
  private let right: Double
  private let top: Double
  private let colors: [String]

  private static let (height, titleHeight, gap) = (56.0, 26.0, 10.0)

  /// - Parameters:
  ///   - x: The axis of the steps.
  ///   - right: Where the plot of the losses ends.
  ///   - top: Where the first strip may begin.
  ///   - colors: Those that no line of the losses has.
  init(
    _ strips: [LossChart.Strip], x: ValueAxis, right: Double, top: Double,
    colors: some Collection<String>
  ) {
    self.strips = strips.filter { !$0.shown.isEmpty }
    (self.x, self.right, self.top) = (x, right, top)
    self.colors = Array(colors)
  }

  /// Where the last strip ends; the top where there is none.
  var bottom: Double {
    top + Double(strips.count) * (Self.titleHeight + Self.height + Self.gap)
  }

  func add(to svg: inout SVGText) {
    for (index, strip) in strips.enumerated() {
      let start = top + Double(index) * (Self.titleHeight + Self.height + Self.gap)
      let color = colors.isEmpty ? ChartFrame.colors[0] : colors[index % colors.count]
      add(strip, from: start + Self.titleHeight, color: color, to: &svg)
    }
  }

  private func add(
    _ strip: LossChart.Strip, from top: Double, color: String, to svg: inout SVGText
  ) {
    let (points, bottom) = (strip.shown, top + Self.height)
    let values = points.map(\.value)
    let y = ValueAxis(
      (values.min() ?? 0)...(values.max() ?? 1), from: bottom, to: top, padding: 0.08)
    let (left, end) = (ChartFrame.n(ChartFrame.left), ChartFrame.n(right))
    svg.add(
      "text",
      [
        "class": "ink", "x": left, "y": ChartFrame.n(top - 8), "font-size": "12",
      ], text: strip.name)
    for tick in y.ticks(about: 2) {
      let place = ChartFrame.n(y.position(of: tick.value))
      svg.add("line", ["class": "grid", "x1": left, "x2": end, "y1": place, "y2": place])
      svg.add(
        "text",
        [
          "class": "soft", "x": ChartFrame.n(ChartFrame.left - 8),
          "y": ChartFrame.n(y.position(of: tick.value) + 4), "font-size": "11",
          "text-anchor": "end",
        ], text: strip.text(of: tick.value))
    }
    svg.add(
      "line",
      [
        "class": "axis", "x1": left, "x2": end, "y1": ChartFrame.n(bottom),
        "y2": ChartFrame.n(bottom),
      ])
    let places = points.map { (x.position(of: Double($0.step)), y.position(of: $0.value)) }
    svg.add(
      "polyline",
      [
        "points": places.map { "\(ChartFrame.n($0)),\(ChartFrame.n($1))" }.joined(separator: " "),
        "fill": "none", "stroke": color, "stroke-width": "2", "stroke-linejoin": "round",
      ])
    if points.count <= 60 {
      for (x, y) in places {
        svg.add(
          "circle",
          [
            "class": "halo", "cx": ChartFrame.n(x), "cy": ChartFrame.n(y), "r": "3",
            "fill": color, "stroke-width": "1.2",
          ])
      }
    }
    guard let last = places.last else { return }
    svg.add(
      "text",
      [
        "x": ChartFrame.n(right + 12), "y": ChartFrame.n(last.1 + 4), "font-size": "12.5",
        "font-weight": "600", "fill": color,
      ], text: strip.endText)
  }
}

extension LossChart.Strip {
  /// The points that are drawn: at most some 400, so that a long run's picture stays small.
  fileprivate var shown: [Point] {
    let finite = points.filter(\.value.isFinite)
    let every = max(1, finite.count / 400)
    return finite.enumerated().filter {
      $0.offset % every == 0 || $0.offset == finite.count - 1
    }.map(\.element)
  }

  /// The last value, which is written beside the end of the line.
  var endText: String { shown.last.map { text(of: $0.value) } ?? "" }

  fileprivate func text(of value: Double) -> String {
    areShares ? "\((100 * value).fixed(1)) %" : value.scientific
  }
}
