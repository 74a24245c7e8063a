import PeftBasics

extension Graph {
  /// The flow of data as a picture in SVG: boxes in rows from top to bottom, repeated blocks once, in a
  /// frame that says how many they stand for, and in colour what adapters add.
  ///
  /// It shows what `dot()` and `mermaid()` show, and needs no program that lays it out.
  public func svg() -> String {
    var writer = SVGWriter(layout: FlowLayout(FlowDrawing(self)))
    writer.write(title: name)
    return writer.text
  }
}

/// Writes a drawing as SVG.
private struct SVGWriter {
  let layout: FlowLayout
  private(set) var text = ""

  init(layout: FlowLayout) { self.layout = layout }

  mutating func write(title: String) {
    let (width, height) = (number(layout.width), number(layout.height))
    text += """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" font-family="Helvetica, Arial, sans-serif" font-size="12">
      <title>\(escaped(title))</title>
      <defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" \
      orient="auto"><path d="M0 0L8 4L0 8z" fill="#475569"/></marker></defs>
      <rect width="100%" height="100%" fill="#ffffff"/>

      """
    for (frame, place) in layout.frames { write(frame, place) }
    for stroke in layout.strokes { write(stroke) }
    for loop in layout.loops { write(loop) }
    for (box, place) in layout.boxes { write(box, place) }
    text += "</svg>\n"
  }

  private mutating func write(_ frame: FlowDrawing.Frame, _ place: FlowLayout.Rectangle) {
    text += rectangle(
      place, radius: 10, "fill=\"#64748b\" fill-opacity=\"0.07\" stroke=\"#94a3b8\"")
    text += """
      <text x="\(number(place.x + 10))" y="\(number(place.y + 16))" font-weight="bold" \
      fill="#334155">\(escaped(frame.title))</text>

      """
  }

  private mutating func write(_ stroke: FlowLayout.Stroke) {
    let (to, bend) = (stroke.to, stroke.bend)
    // A step of a few pixels only looks crooked.
    let from = (
      x: abs(stroke.from.x - to.x) < 5 && stroke.hasHead ? to.x : stroke.from.x, y: stroke.from.y
    )
    var path = "M\(point(from.x, from.y))"
    if abs(from.x - to.x) < 0.5 {
      path += "L\(point(to.x, to.y))"
    } else {
      let middle = (bend.from + bend.to) / 2
      path +=
        "L\(point(from.x, bend.from))"
        + "C\(point(from.x, middle)) \(point(to.x, middle)) \(point(to.x, bend.to - 6))"
        + "L\(point(to.x, to.y))"
    }
    let style = stroke.isNext ? " stroke-dasharray=\"5 3\"" : ""
    let head = stroke.hasHead ? " marker-end=\"url(#head)\"" : ""
    text += "<path d=\"\(path)\" fill=\"none\" stroke=\"#475569\"\(style)\(head)/>\n"
  }

  private mutating func write(_ loop: FlowLayout.Loop) {
    let (from, to, lane) = (loop.from, loop.to, loop.lane)
    let path =
      "M\(point(from.x, from.y))V\(number(from.y + 7))H\(number(lane + 14 + 7))"
      + "V\(number(to.y - 7))H\(number(to.x))V\(number(to.y))"
    text += """
      <path d="\(path)" fill="none" stroke="#475569" stroke-dasharray="5 3"/>
      <text x="\(number(loop.label.x))" y="\(number(loop.label.y))" text-anchor="end" \
      fill="#475569">next</text>

      """
  }

  private mutating func write(_ box: FlowDrawing.Box, _ place: FlowLayout.Rectangle) {
    let (fill, edge) = colours(of: box.style)
    let dashes = box.isOptional ? " stroke-dasharray=\"4 3\"" : ""
    let radius = box.style == .input || box.style == .output ? 12.0 : 4.0
    text += rectangle(place, radius: radius, "fill=\"\(fill)\" stroke=\"\(edge)\"\(dashes)")
    for (index, line) in box.lines.enumerated() {
      let y = place.y + 5 + FlowLayout.lineHeight * (Double(index) + 0.75)
      let style = index == 0 ? "font-weight=\"bold\" fill=\"#0f172a\"" : "fill=\"#475569\""
      text += """
        <text x="\(number(place.x + place.width / 2))" y="\(number(y))" text-anchor="middle" \
        \(style)>\(escaped(line))</text>

        """
    }
  }

  private func colours(of style: FlowDrawing.Box.Style) -> (fill: String, edge: String) {
    switch style {
    case .input, .output: ("#fef3c7", "#64748b")
    case .operation: ("#ffffff", "#64748b")
    case .trained: ("#bbf7d0", "#15803d")
    case .frozen: ("#bfdbfe", "#1d4ed8")
    }
  }

  private func rectangle(
    _ place: FlowLayout.Rectangle, radius: Double, _ style: String
  ) -> String {
    """
    <rect x="\(number(place.x))" y="\(number(place.y))" width="\(number(place.width))" \
    height="\(number(place.height))" rx="\(number(radius))" \(style)/>

    """
  }

  private func point(_ x: Double, _ y: Double) -> String { "\(number(x)) \(number(y))" }

  /// To a tenth of a pixel.
  private func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    guard tenths % 10 != 0 else { return "\(tenths / 10)" }
    return (tenths < 0 ? "-" : "") + "\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  private func escaped(_ text: String) -> String {
    text.printable.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
  }
}
