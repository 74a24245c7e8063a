import PeftBasics

/// Rows of texts under headed columns; `text`, `markdown` and `csv` write it.
public struct Table: Hashable, Sendable {
  public struct Column: Hashable, Sendable {
    public enum Alignment: Hashable, Sendable { case left, right }

    public let title: String
    public let alignment: Alignment

    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  /// Rows that belong together, such as those about one model.
  public struct Section: Hashable, Sendable {
    /// Nil for rows without a heading of their own.
    public let title: String?
    public var rows: [[String]]

    public init(_ title: String? = nil, rows: [[String]] = []) {
      self.title = title
      self.rows = rows
    }
  }

  public let columns: [Column]
  public private(set) var sections: [Section]

  public init(_ columns: [Column], sections: [Section] = []) {
    self.columns = columns
    self.sections = sections.map { section in
      Section(section.title, rows: section.rows.map { Self.fitted($0, to: columns.count) })
    }
  }

  /// A table of one section.
  public init(_ columns: [Column], rows: [[String]]) {
    self.init(columns, sections: [Section(rows: rows)])
  }

  /// A row with as many cells as there are columns.
  private static func fitted(_ row: [String], to count: Int) -> [String] {
    Array(row.prefix(count)) + Array(repeating: "", count: max(0, count - row.count))
  }

  /// The same table without the columns in which every cell is empty.
  public var withoutEmptyColumns: Table {
    let used = columns.indices.filter { column in
      sections.contains { $0.rows.contains { !$0[column].isEmpty } }
    }
    return Table(
      used.map { columns[$0] },
      sections: sections.map { section in
        Section(section.title, rows: section.rows.map { row in used.map { row[$0] } })
      })
  }
}

// MARK: - For a terminal

extension Table {
  /// Aligned columns, the headings first, a section's title above its rows. Control characters are
  /// spelled out.
  /// - Parameter isStyled: Whether headings are bold and titles in colour, by a terminal's codes.
  public func text(isStyled: Bool = false) -> String {
    let widths = widths
    let isIndented = sections.contains { $0.title != nil }
    func line(_ cells: [String]) -> String {
      let cells = cells.map(\.printable)
      var line = isIndented ? "  " : ""
      for (index, cell) in cells.enumerated() {
        let width = widths[index]
        line += index == 0 ? "" : "  "
        line +=
          columns[index].alignment == .left ? cell.leftAligned(width) : cell.rightAligned(width)
      }
      while line.utf8.last == UInt8(ascii: " ") { line.unicodeScalars.removeLast() }
      return line
    }
    var text = Style.bold(line(columns.map(\.title)), isStyled) + "\n"
    for (index, section) in sections.enumerated() {
      if let title = section.title {
        text += (index > 0 ? "\n" : "") + Style.title(title.printable, isStyled) + "\n"
      }
      for row in section.rows { text += line(row) + "\n" }
    }
    return text
  }

  /// How wide a column is made for its widest cell. A wider one sticks out, so that it takes no room in
  /// all the other rows.
  private static let widest = 200

  private var widths: [Int] {
    var widths = columns.map(\.title.count)
    for section in sections {
      for row in section.rows {
        for (index, cell) in row.enumerated() where widths[index] < Self.widest {
          widths[index] = min(Self.widest, max(widths[index], cell.printable.count))
        }
      }
    }
    return widths
  }

  /// The codes with which a terminal shows headings and titles, and with which it ends that.
  package static let terminalCodes = [Style.bold, Style.title, Style.end]

  private enum Style {
    static let bold = "\u{1B}[1m"
    static let title = "\u{1B}[1;36m"
    static let end = "\u{1B}[0m"

    static func bold(_ text: String, _ isStyled: Bool) -> String {
      isStyled ? bold + text + end : text
    }
    static func title(_ text: String, _ isStyled: Bool) -> String {
      isStyled ? title + text + end : text
    }
  }
}

// MARK: - For documents and other programs

extension Table {
  /// GitHub's tables, one a section, each under its title.
  public var markdown: String {
    let heading = row(columns.map { Self.escaped($0.title) })
    let rule = row(columns.map { $0.alignment == .left ? "---" : "---:" })
    return sections.map { section in
      let title = section.title.map { "**\(Self.escaped($0))**\n\n" } ?? ""
      return title + heading + rule
        + section.rows.map { row($0.map(Self.escaped)) }.joined()
    }.joined(separator: "\n")
  }

  private func row(_ cells: [String]) -> String {
    "| \(cells.joined(separator: " | ")) |\n"
  }

  /// A text whose stars, bars and brackets Markdown leaves alone.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.printableText() {
      switch character {
      case "\n", "\r\n", "\r": result += " "
      case "|", "*", "_", "`", "<", "[", "]", "\\": result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }

  /// Comma-separated values as RFC 4180 has them: lines end in CR LF, cells that need quotation marks
  /// have them. Titles of sections are left out.
  public var csv: String {
    var text = ""
    text += Self.csvLine(columns.map(\.title))
    for section in sections { for row in section.rows { text += Self.csvLine(row) } }
    return text
  }

  /// One row of it, with its end.
  package static func csvLine(_ cells: [String]) -> String {
    cells.map(quoted).joined(separator: ",") + "\r\n"
  }

  private static func quoted(_ cell: String) -> String {
    let needsQuotes = cell.unicodeScalars.contains { [",", "\"", "\n", "\r"].contains($0) }
    guard needsQuotes else { return cell }
    return "\""
      + cell.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
