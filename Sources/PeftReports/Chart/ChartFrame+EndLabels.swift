extension ChartFrame {
  /// What is written beside the end of a line.
  package struct EndLabel {
    package let text: String
    package let color: String
    /// Where the line ends.
    package let x: Double
    package let y: Double

    package init(text: String, color: String, x: Double, y: Double) {
      self.text = text
      self.color = color
      self.x = x
      self.y = y
    }
  }

  /// Names lines where they end; a thin line leads to a name that was moved.
  package func add(_ labels: [EndLabel], to svg: inout SVGText) {
    let places = LabelLayout.spread(
      labels.map(\.y), distance: 16, within: Self.top...Self.bottom - 4)
    for (label, place) in zip(labels, places) {
      if abs(place - label.y) > 2 || label.x < right - 12 {
        svg.add(
          "polyline",
          [
            "points":
              "\(Self.n(label.x + 3)),\(Self.n(label.y)) \(Self.n(right - 2)),\(Self.n(label.y)) "
              + "\(Self.n(right + 8)),\(Self.n(place))",
            "fill": "none", "stroke": label.color, "stroke-width": "0.8",
            "stroke-opacity": "0.55",
          ])
      }
      svg.add(
        "text",
        [
          "x": Self.n(right + 12), "y": Self.n(place + 4), "font-size": "12.5",
          "font-weight": "600", "fill": label.color,
        ], text: label.text)
    }
  }
}
