extension ChartDrawing {
  /// The lines' places in the legend: in rows as wide as the chart.
  static func legendRows(
    _ lines: [ParameterChart.Line], isSingle: Bool
  ) -> [[(line: ParameterChart.Line, x: Double)]] {
    var rows: [[(line: ParameterChart.Line, x: Double)]] = [[]]
    var next = left
    for line in lines {
      let space = 42 + LabelLayout.width(of: label(line, isSingle: isSingle), size: 12) + 22
      if next + space > width - 24, rows.last?.isEmpty == false {
        rows.append([])
        next = left
      }
      rows[rows.count - 1].append((line, next))
      next += space
    }
    return rows
  }

  func addLegend(to svg: inout SVGText) {
    for (index, row) in legendRows.enumerated() {
      let height = Self.bottom + 66 + 20 * Double(index)
      for (line, start) in row {
        svg.add(
          "line",
          [
            "x1": Self.n(start), "x2": Self.n(start + 34), "y1": Self.n(height - 4),
            "y2": Self.n(height - 4), "stroke": color(line), "stroke-width": "2",
            "stroke-dasharray": dash(line),
          ])
        svg.add(
          "text",
          ["class": "ink", "x": Self.n(start + 42), "y": Self.n(height), "font-size": "12"],
          text: Self.label(line, isSingle: models.count == 1))
      }
    }
  }
}
