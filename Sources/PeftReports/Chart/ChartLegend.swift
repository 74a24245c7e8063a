/// What lines mean, in rows below a plot.
package struct ChartLegend {
  package struct Entry {
    package let text: String
    package let color: String
    /// A pattern of dashes, or `none`.
    package let dash: String

    package init(text: String, color: String, dash: String) {
      self.text = text
      self.color = color
      self.dash = dash
    }
  }

  /// Entries with where they start: in rows as wide as the chart.
  private let rows: [[(entry: Entry, x: Double)]]

  package init(_ entries: [Entry]) {
    var rows: [[(entry: Entry, x: Double)]] = [[]]
    var next = ChartFrame.left
    for entry in entries {
      let space = 42 + LabelLayout.width(of: entry.text, size: 12) + 22
      if next + space > ChartFrame.width - 24, rows.last?.isEmpty == false {
        rows.append([])
        next = ChartFrame.left
      }
      rows[rows.count - 1].append((entry, next))
      next += space
    }
    self.rows = rows
  }

  /// The height of a chart with this legend.
  package var chartHeight: Double { ChartFrame.bottom + 62 + 20 * Double(rows.count) + 16 }

  package func add(to svg: inout SVGText) {
    for (index, row) in rows.enumerated() {
      let height = ChartFrame.bottom + 66 + 20 * Double(index)
      for (entry, start) in row {
        svg.add(
          "line",
          [
            "x1": ChartFrame.n(start), "x2": ChartFrame.n(start + 34),
            "y1": ChartFrame.n(height - 4), "y2": ChartFrame.n(height - 4),
            "stroke": entry.color, "stroke-width": "2", "stroke-dasharray": entry.dash,
          ])
        svg.add(
          "text",
          [
            "class": "ink", "x": ChartFrame.n(start + 42), "y": ChartFrame.n(height),
            "font-size": "12",
          ], text: entry.text)
      }
    }
  }
}
