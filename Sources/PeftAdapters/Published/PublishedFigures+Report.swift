import PeftBasics
public import PeftReports
import TunerKit

extension PublishedFigures {
  /// The figures as a text.
  public func report(as format: ReportFormat, isStyled: Bool = false) -> String {
    switch format {
    case .table: table.text(isStyled: isStyled)
    case .markdown: table.markdown
    case .latex: table.latex
    case .csv: Table(records: rows.map(\.record), columns: Row.columns).csv
    case .json: JSONValue.list(rows.map { .map($0.record) }).report
    }
  }

  private var table: Table {
    let sources = rows.map(\.source).reduce(into: [String]()) {
      if $0.last != $1 { $0.append($1) }
    }
    return Table(
      [
        Table.Column("model"), Table.Column("setting"), Table.Column("published", .right),
        Table.Column("counted", .right), Table.Column("file", .right),
        Table.Column("counted", .right), Table.Column(""),
      ],
      sections: sources.map { source in
        Table.Section(source, rows: rows.filter { $0.source == source }.map(\.cells))
      })
  }
}

extension PublishedFigures.Row {
  fileprivate var cells: [String] {
    let said = [model, name, trained]
    let published = file.map(\.grouped) ?? ""
    switch counted {
    case .missing(let what): return said + ["", published, "", what.shortened(to: 60)]
    case .figures(let count, let percent, let bytes):
      let share = trained.hasSuffix("%") ? " = \(percent.fixed(3)) %" : ""
      let words = agrees == true ? "equal" : note ?? "differs"
      return said + [
        count.grouped + share, published, file == nil ? "" : bytes.grouped, words,
      ]
    }
  }

  static let columns = [
    "source", "model", "setting", "published", "trained", "percent", "published_bytes", "bytes",
    "agrees", "missing", "note",
  ]

  /// Every value, unrounded.
  fileprivate var record: Record {
    var record: Record = [
      "source": .text(source), "model": .text(model), "setting": .text(name),
      "published": trainedCount.map { .integer($0) } ?? .text(trained),
      "trained": .null, "percent": .null,
      "published_bytes": file.map { .integer($0) } ?? .null, "bytes": .null,
      "agrees": agrees.map { .bool($0) } ?? .null, "missing": .null,
      "note": note.map { .text($0) } ?? .null,
    ]
    switch counted {
    case .missing(let what): record["missing"] = .text(what)
    case .figures(let count, let percent, let bytes):
      record["trained"] = .integer(count)
      record["percent"] = .number(percent)
      record["bytes"] = .integer(bytes)
    }
    return record
  }
}
