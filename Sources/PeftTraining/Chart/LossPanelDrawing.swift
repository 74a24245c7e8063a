import OrderedCollections
import PeftAdapters
import PeftReports

/// Draws panels of losses.
struct LossPanelDrawing {
  private let panels: LossPanels
  private let names: OrderedSet<String>
  private let y: ValueAxis

  private static let gap = 22.0
  private static let floorDash = "1.5 4"

  init(_ panels: LossPanels) {
    self.panels = panels
    names = OrderedSet(panels.panels.flatMap { $0.series.map(\.name) })
    let losses = panels.panels.flatMap { panel in
      panel.series.flatMap { Self.main($0).map(\.loss) } + [panel.floor].compactMap(\.self)
    }.filter(\.isFinite)
    y = ValueAxis(
      min(0, losses.min() ?? 0)...(losses.max() ?? 1), from: ChartFrame.bottom,
      to: ChartFrame.top, padding: 0.06)
  }

  var svg: String {
    let legend = ChartLegend(entries)
    return ChartFrame.document(
      title: panels.title, subtitle: panels.subtitle, height: legend.chartHeight
    ) { svg in
      svg.add(
        "text",
        [
          "class": "ink",
          "transform":
            "translate(20 \(ChartFrame.n(ChartFrame.top + ChartFrame.plotHeight / 2))) rotate(-90)",
          "font-size": "13", "text-anchor": "middle",
        ], text: "loss")
      let count = Double(max(1, panels.panels.count))
      let width =
        (ChartFrame.width - 24 - ChartFrame.left - Self.gap * (count - 1)) / count
      for (index, panel) in panels.panels.enumerated() {
        let left = ChartFrame.left + Double(index) * (width + Self.gap)
        add(panel, from: left, to: left + width, isFirst: index == 0, to: &svg)
      }
      legend.add(to: &svg)
    }
  }

  private var entries: [ChartLegend.Entry] {
    let series = panels.panels.flatMap(\.series)
    var entries = names.map {
      ChartLegend.Entry(text: "\($0), training", color: color($0), dash: "none")
    }
    for name in names where series.contains(where: { $0.name == name && $0.isEvaluation }) {
      entries.append(
        ChartLegend.Entry(text: "\(name), evaluated", color: color(name), dash: "6 3"))
    }
    if panels.panels.contains(where: { $0.floor != nil }) {
      entries.append(
        ChartLegend.Entry(text: panels.floorName, color: "#8c959f", dash: Self.floorDash))
    }
    return entries
  }

  private func color(_ name: String) -> String {
    ChartFrame.colors[(names.firstIndex(of: name) ?? 0) % ChartFrame.colors.count]
  }

  /// What is drawn of a series: the losses, or a smoothed line where they are many.
  private static func main(_ series: LossChart.Series) -> [LossChart.Point] {
    let points = series.points.filter(\.loss.isFinite)
    return series.isEvaluation ? points : points.smoothed ?? points
  }

  // MARK: - One panel

  private func add(
    _ panel: LossPanels.Panel, from left: Double, to right: Double, isFirst: Bool,
    to svg: inout SVGText
  ) {
    let steps = panel.series.flatMap(\.points).map { Double($0.step) }
    let x = ValueAxis(
      0...max(1, steps.max() ?? 1), from: left, to: right - 6)
    addAxes(x, from: left, to: right, isFirst: isFirst, to: &svg)
    if let floor = panel.floor {
      let place = ChartFrame.n(y.position(of: floor))
      svg.add(
        "line",
        [
          "class": "axis", "x1": ChartFrame.n(left), "x2": ChartFrame.n(right), "y1": place,
          "y2": place, "stroke-width": "2", "stroke-dasharray": Self.floorDash,
        ])
    }
    for series in panel.series { add(series, x, to: &svg) }
    addLosses(panel.series.filter(\.isEvaluation), x, to: &svg)
    svg.add(
      "text",
      [
        "class": "ink", "x": ChartFrame.n((left + right) / 2),
        "y": ChartFrame.n(ChartFrame.bottom + 40), "font-size": "13", "font-weight": "600",
        "text-anchor": "middle",
      ], text: panel.title)
  }

  private func addAxes(
    _ x: ValueAxis, from left: Double, to right: Double, isFirst: Bool, to svg: inout SVGText
  ) {
    let (start, end) = (ChartFrame.n(left), ChartFrame.n(right))
    let (top, bottom) = (ChartFrame.n(ChartFrame.top), ChartFrame.n(ChartFrame.bottom))
    for tick in y.ticks(about: 10) {
      let place = ChartFrame.n(y.position(of: tick.value))
      svg.add("line", ["class": "grid", "x1": start, "x2": end, "y1": place, "y2": place])
      guard isFirst else { continue }
      svg.add(
        "text",
        [
          "class": "soft", "x": ChartFrame.n(left - 8),
          "y": ChartFrame.n(y.position(of: tick.value) + 4), "font-size": "12",
          "text-anchor": "end",
        ], text: tick.text)
    }
    for tick in x.ticks(about: 3, isWhole: true) {
      let place = ChartFrame.n(x.position(of: tick.value))
      svg.add("line", ["class": "grid", "x1": place, "x2": place, "y1": top, "y2": bottom])
      svg.add(
        "text",
        [
          "class": "soft", "x": place, "y": ChartFrame.n(ChartFrame.bottom + 18),
          "font-size": "12", "text-anchor": "middle",
        ], text: tick.value == 0 && isFirst ? "step 0" : tick.text)
    }
    svg.add("line", ["class": "axis", "x1": start, "x2": end, "y1": bottom, "y2": bottom])
  }

  private func add(_ series: LossChart.Series, _ x: ValueAxis, to svg: inout SVGText) {
    let points = Self.main(series)
    guard !points.isEmpty else { return }
    let places = points.map {
      "\(ChartFrame.n(x.position(of: Double($0.step)))),\(ChartFrame.n(y.position(of: $0.loss)))"
    }
    svg.add(
      "polyline",
      [
        "points": places.joined(separator: " "), "fill": "none", "stroke": color(series.name),
        "stroke-width": "2", "stroke-linejoin": "round",
        "stroke-dasharray": series.isEvaluation ? "6 3" : "none",
      ])
  }

  /// Writes the losses at which lines end above them, each where none covers another.
  private func addLosses(_ series: [LossChart.Series], _ x: ValueAxis, to svg: inout SVGText) {
    let ends = series.compactMap { series in
      Self.main(series).last.map { (name: series.name, point: $0) }
    }
    let places = LabelLayout.spread(
      ends.map { y.position(of: $0.point.loss) - 11 }, distance: 15,
      within: ChartFrame.top + 10...ChartFrame.bottom - 4)
    for (end, place) in zip(ends, places) {
      svg.add(
        "text",
        [
          "x": ChartFrame.n(x.position(of: Double(end.point.step))), "y": ChartFrame.n(place),
          "font-size": "12.5", "font-weight": "600", "fill": color(end.name),
          "text-anchor": "end",
        ], text: end.point.loss.fixed(3))
    }
  }
}
