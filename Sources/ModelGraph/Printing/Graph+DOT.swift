import PeftBasics

extension Graph {
  /// The flow of data as a picture in DOT, the language of Graphviz: `dot -Tsvg`.
  ///
  /// Operations are boxes with the module they belong to and the shape they make; inputs and outputs
  /// are rounded. An adapter's trained parameters are green, its frozen bases blue; the model's own
  /// weights are left out. Repeated blocks are drawn once, in a frame that says how many there are,
  /// with a dashed arrow for what each hands to the next.
  public func dot() -> String {
    let drawing = FlowDrawing(self)
    var writer = DOTWriter(drawing: drawing)
    writer.write(title: name)
    return writer.text
  }
}

/// Writes a drawing in DOT.
private struct DOTWriter {
  let drawing: FlowDrawing
  private(set) var text = ""

  init(drawing: FlowDrawing) { self.drawing = drawing }

  mutating func write(title: String) {
    text += """
      digraph \(quoted(title)) {
        rankdir=TB; ranksep=0.3; nodesep=0.25; compound=true;
        node [fontname="Helvetica", fontsize=11, shape=box, style=filled, margin="0.12,0.05",
          fillcolor="#ffffff", color="#64748b"];
        edge [color="#64748b", arrowsize=0.6, fontname="Helvetica", fontsize=10];

      """
    writeContents(of: nil, depth: 1)
    for arrow in drawing.arrows {
      let style =
        arrow.label.map {
          " [style=dashed, constraint=false, color=\"#b45309\", fontcolor=\"#b45309\", "
            + "label=\(quoted($0))]"
        } ?? ""
      text += "  \(arrow.from) -> \(arrow.to)\(style);\n"
    }
    text += "}\n"
  }

  private mutating func writeContents(of frame: Int?, depth: Int) {
    let indentation = String(repeating: "  ", count: depth)
    for box in drawing.boxes(in: frame) {
      let label = box.lines.map { escaped($0) }.joined(separator: "\\n")
      text += "\(indentation)\(box.id) [label=\"\(label)\"\(attributes(of: box))];\n"
    }
    for (number, frame) in drawing.frames(in: frame) {
      text += """
        \(indentation)subgraph cluster_\(frame.id) {
        \(indentation)  label=\(quoted(frame.title)); labeljust=l; fontname="Helvetica-Bold";
        \(indentation)  fontsize=13; style="rounded,filled"; color="#94a3b8"; fillcolor="#f1f5f9";

        """
      writeContents(of: number, depth: depth + 1)
      text += "\(indentation)}\n"
    }
  }

  private func attributes(of box: FlowDrawing.Box) -> String {
    let dashed = box.isOptional ? ",dashed" : ""
    return switch box.style {
    case .operation: ""
    case .input, .output: ", style=\"rounded,filled\(dashed)\", fillcolor=\"#fef3c7\""
    case .trained: ", fillcolor=\"#bbf7d0\", color=\"#15803d\""
    case .frozen: ", fillcolor=\"#bfdbfe\", color=\"#1d4ed8\""
    }
  }

  private func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// Text within quotes: a backslash would begin an escape there, an ampersand an entity.
  private func escaped(_ text: String) -> String {
    text.printable.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }
}
