import PeftBasics

extension Table {
  /// A `tabular` with the rules of the package booktabs; the title of a section stands in a row of its own.
  public var latex: String {
    let alignment = columns.map { $0.alignment == .left ? "l" : "r" }.joined()
    var lines = ["\\begin{tabular}{\(alignment)}", "\\toprule", row(columns.map(\.title))]
    for section in sections {
      lines.append("\\midrule")
      if let title = section.title {
        lines.append("\\multicolumn{\(columns.count)}{l}{\(Self.escaped(title))} \\\\")
      }
      lines += section.rows.map(row)
    }
    return (lines + ["\\bottomrule", "\\end{tabular}"]).joined(separator: "\n") + "\n"
  }

  private func row(_ cells: [String]) -> String {
    let row = cells.map(Self.escaped).joined(separator: " & ") + " \\\\"
    // A bracket after the end of the row before would be that one's space.
    return row.hasPrefix("[") ? "{}" + row : row
  }

  private static let spelled: [Character: String] = [
    "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
    "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "\\textquotedbl{}",
    "−": "$-$", "±": "$\\pm$", "×": "$\\times$", "·": "$\\cdot$", "→": "$\\to$", "≤": "$\\le$",
    "≥": "$\\ge$", "λ": "$\\lambda$", "…": "\\dots{}", "\n": " ", "\r\n": " ", "\r": " ",
  ]

  /// A text as LaTeX shows it.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.printableText() {
      if let spelled = spelled[character] {
        result += spelled
      } else if "&%$#_{}".contains(character) {
        result += "\\\(character)"
      } else if character == "-", result.hasSuffix("-") {
        // Two hyphens would be a dash.
        result += "{}-"
      } else {
        result.append(character)
      }
    }
    return result
  }
}
