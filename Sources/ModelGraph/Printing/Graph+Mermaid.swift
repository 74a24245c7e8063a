import PeftBasics

extension Graph {
  /// The flow of data as a Mermaid flowchart, which Markdown on code hosts shows as a picture.
  ///
  /// It shows what `dot()` shows: operations, inputs, outputs and adapters' parameters, repeated
  /// blocks once.
  public func mermaid() -> String {
    var writer = MermaidWriter(drawing: FlowDrawing(self))
    writer.write()
    return writer.text
  }
}

/// Writes a drawing as a Mermaid flowchart.
private struct MermaidWriter {
  let drawing: FlowDrawing
  private(set) var text = ""

  init(drawing: FlowDrawing) { self.drawing = drawing }

  mutating func write() {
    text += "flowchart TB\n"
    writeContents(of: nil, depth: 1)
    for arrow in drawing.arrows {
      let line = arrow.label.map { "-.->|\"\(escaped($0))\"|" } ?? "-->"
      text += "  \(arrow.from) \(line) \(arrow.to)\n"
    }
    text += """
        classDef input fill:#fef3c7,stroke:#64748b,color:#0f172a
        classDef output fill:#fef3c7,stroke:#64748b,color:#0f172a
        classDef operation fill:#ffffff,stroke:#64748b,color:#0f172a
        classDef trained fill:#bbf7d0,stroke:#15803d,color:#0f172a
        classDef frozen fill:#bfdbfe,stroke:#1d4ed8,color:#0f172a

      """
    for box in drawing.boxes where box.isOptional {
      text += "  style \(box.id) stroke-dasharray: 4 3\n"
    }
  }

  private mutating func writeContents(of frame: Int?, depth: Int) {
    let indentation = String(repeating: "  ", count: depth)
    for box in drawing.boxes(in: frame) {
      let label = box.lines.map { escaped($0) }.joined(separator: "<br/>")
      let (open, close) =
        switch box.style {
        case .input, .output: ("(", ")")
        case .operation, .trained, .frozen: ("[", "]")
        }
      text += "\(indentation)\(box.id)\(open)\"\(label)\"\(close):::\(box.style.rawValue)\n"
    }
    for (number, frame) in drawing.frames(in: frame) {
      text += "\(indentation)subgraph \(frame.id)[\"\(escaped(frame.title))\"]\n"
      writeContents(of: number, depth: depth + 1)
      text += "\(indentation)end\n"
    }
  }

  /// Text within quotes. Mermaid reads quotes, HTML, Markdown, entities, directives and even
  /// `direction LR` there, so all but harmless characters are written as `#number;`.
  private func escaped(_ text: String) -> String {
    let scalars = [" "] + Array(text.printable.unicodeScalars) + [" "]
    var result = ""
    for index in scalars.indices.dropFirst().dropLast() {
      let scalar = scalars[index]
      if isHarmless(scalar, after: scalars[index - 1], before: scalars[index + 1]) {
        result.unicodeScalars.append(scalar)
      } else {
        result += "#\(scalar.value);"
      }
    }
    return result
  }

  private func isHarmless(
    _ scalar: Unicode.Scalar, after previous: Unicode.Scalar, before next: Unicode.Scalar
  ) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ",", ".", "-", "(", ")", "[", "]", "×": true
    case "_": isWord(previous) && isWord(next)
    case " ": previous == "," || previous == "×" || next == "×" || next == "["
    default: false
    }
  }

  private func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
  }
}
