/// What all charts share: a card with a title, a plot with axes, colours for light and dark.
package struct ChartFrame {
  package static let (width, left, top) = (860.0, 74.0, 74.0)
  package static let plotHeight = 330.0
  package static let bottom = top + plotHeight

  /// Colours of lines, which stand out on light and on dark.
  package static let colors = ["#2f7ed8", "#d9730d", "#2a9d5c", "#a05fd0", "#c94f7c", "#12959f"]

  /// Where the plot ends.
  package let right: Double

  /// A mark on an axis.
  package struct Tick {
    package let place: Double
    package let text: String

    package init(place: Double, text: String) {
      self.place = place
      self.text = text
    }
  }

  /// - Parameter labels: What is written beside the ends of lines.
  package init(labels: [String]) {
    let longest = labels.map(\.count).max() ?? 0
    let margin = LabelLayout.width(of: String(repeating: "m", count: longest), size: 12.5) + 34
    right = Self.width - min(280, max(70, margin))
  }

  /// A document of that height with `content` under a title.
  package static func document(
    title: String, subtitle: String, height: Double, _ content: (inout SVGText) -> Void
  ) -> String {
    var drawing = SVGText()
    drawing.add(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": n(width), "height": n(height),
        "viewBox": "0 0 \(n(width)) \(n(height))", "role": "img",
        "font-family": "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif",
      ]
    ) { svg in
      svg.add("title", [:], text: subtitle.isEmpty ? title : "\(title): \(subtitle)")
      svg.add("style", [:], text: style)
      svg.add(
        "rect",
        [
          "class": "card", "x": "0.5", "y": "0.5", "width": n(width - 1), "height": n(height - 1),
          "rx": "8",
        ])
      svg.add(
        "text", ["class": "ink", "x": "24", "y": "32", "font-size": "17", "font-weight": "600"],
        text: title)
      svg.add("text", ["class": "soft", "x": "24", "y": "52", "font-size": "13"], text: subtitle)
      content(&svg)
    }
    return drawing.lines.joined(separator: "\n") + "\n"
  }

  /// Light by default, dark where the reader's system is.
  private static let style = [
    ".card { fill: #ffffff; stroke: #d0d7de } .grid { stroke: #e4e8ec } .axis { stroke: #8c959f }",
    ".ink { fill: #1f2328 } .soft { fill: #59636e } .halo { stroke: #ffffff }",
    "@media (prefers-color-scheme: dark) {",
    ".card { fill: #12161c; stroke: #30363d } .grid { stroke: #262c34 } .axis { stroke: #6e7681 }",
    ".ink { fill: #e6edf3 } .soft { fill: #9198a1 } .halo { stroke: #12161c } }",
  ].joined(separator: " ")

  package static func n(_ value: Double) -> String { SVGText.number(value) }

  package func addAxes(
    x: [Tick], named xName: String, y: [Tick], named yName: String, to svg: inout SVGText
  ) {
    let (start, end) = (Self.n(Self.left), Self.n(right))
    let (top, bottom) = (Self.n(Self.top), Self.n(Self.bottom))
    for tick in y {
      let place = Self.n(tick.place)
      svg.add("line", ["class": "grid", "x1": start, "x2": end, "y1": place, "y2": place])
      svg.add(
        "text",
        [
          "class": "soft", "x": Self.n(Self.left - 8), "y": Self.n(tick.place + 4),
          "font-size": "12", "text-anchor": "end",
        ], text: tick.text)
    }
    for tick in x {
      let place = Self.n(tick.place)
      svg.add("line", ["class": "grid", "x1": place, "x2": place, "y1": top, "y2": bottom])
      svg.add(
        "text",
        [
          "class": "soft", "x": place, "y": Self.n(Self.bottom + 18), "font-size": "12",
          "text-anchor": "middle",
        ], text: tick.text)
    }
    svg.add("line", ["class": "axis", "x1": start, "x2": end, "y1": bottom, "y2": bottom])
    svg.add(
      "text",
      [
        "class": "ink", "x": Self.n((Self.left + right) / 2), "y": Self.n(Self.bottom + 40),
        "font-size": "13", "text-anchor": "middle",
      ], text: xName)
    svg.add(
      "text",
      [
        "class": "ink",
        "transform": "translate(20 \(Self.n(Self.top + Self.plotHeight / 2))) rotate(-90)",
        "font-size": "13", "text-anchor": "middle",
      ], text: yName)
  }
}
