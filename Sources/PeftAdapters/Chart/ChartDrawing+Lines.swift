import PeftReports

extension ChartDrawing {
  /// Draws a line.
  func add(_ line: ParameterChart.Line, to svg: inout SVGText) {
    let points = line.curve.map {
      "\(ChartFrame.n(x.position(of: $0.rank))),\(ChartFrame.n(y.position(of: $0.parameters)))"
    }
    svg.add(
      "polyline",
      [
        "points": points.joined(separator: " "), "fill": "none", "stroke": color(line),
        "stroke-width": "2", "stroke-linejoin": "round", "stroke-dasharray": dash(line),
      ])
  }

  /// Draws the points that were asked for, each with what it stands for where there is room.
  func addMarks(to svg: inout SVGText) {
    var layout = LabelLayout(
      within: LabelLayout.Box(
        x: ChartFrame.left, y: ChartFrame.top, width: right - ChartFrame.left,
        height: ChartFrame.plotHeight))
    for line in chart.lines {
      for mark in line.marks {
        let (cx, cy) = (x.position(of: mark.rank), y.position(of: mark.parameters))
        layout.block(LabelLayout.Box(x: cx - 6, y: cy - 6, width: 12, height: 12))
      }
      for point in line.curve {
        let (px, py) = (x.position(of: point.rank), y.position(of: point.parameters))
        layout.avoid(LabelLayout.Box(x: px - 2, y: py - 2, width: 4, height: 4))
      }
    }
    for line in chart.lines {
      let isCrowded = line.marks.count > 24
      for mark in line.marks {
        let (cx, cy) = (x.position(of: mark.rank), y.position(of: mark.parameters))
        svg.add(
          "circle",
          [
            "class": "halo", "cx": ChartFrame.n(cx), "cy": ChartFrame.n(cy),
            "r": isCrowded ? "3" : "5",
            "fill": color(line), "stroke-width": isCrowded ? "0" : "1.5",
          ])
        if !isCrowded { addLabel(of: mark, on: line, at: (cx, cy), &layout, to: &svg) }
      }
    }
  }

  /// Writes a point's rank and count on that side of the line where there is room.
  private func addLabel(
    of mark: ParameterChart.Point, on line: ParameterChart.Line,
    at place: (x: Double, y: Double), _ layout: inout LabelLayout, to svg: inout SVGText
  ) {
    let text = "r=\(mark.rank): \(mark.parameters.abbreviated)"
    let width = LabelLayout.width(of: text, size: 11)
    let (left, middle, right) = (place.x - width - 7, place.x - width / 2, place.x + 7)
    let (above, below) = (place.y - 18, place.y + 6)
    let sides =
      line.isRising
      ? [
        (left, above), (right, below), (middle, above - 6), (middle, below + 6), (right, above),
        (left, below),
      ]
      : [
        (right, above), (left, below), (middle, above - 6), (middle, below + 6), (left, above),
        (right, below),
      ]
    let boxes = sides.map { LabelLayout.Box(x: $0, y: $1, width: width, height: 13) }
    guard let box = layout.place(boxes) else { return }
    svg.add(
      "text",
      [
        "class": "halo", "fill": color(line), "x": ChartFrame.n(box.x),
        "y": ChartFrame.n(box.y + 10),
        "font-size": "11",
        "stroke-width": "3", "paint-order": "stroke",
      ], text: text)
  }
}
