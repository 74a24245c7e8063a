import OrderedCollections
import PeftBasics
import PeftReports

/// How predictions are written.
public enum PredictionFormat: String, Hashable, Sendable, CaseIterable {
  /// Aligned columns for a terminal.
  case table
  /// A list of objects.
  case json
  /// An object a line.
  case jsonl
  /// The rows' own columns, and those of the predictions.
  case csv
  /// The table for a document.
  case markdown

  /// The format of rows in a file of that name, where it has one.
  public init?(ofRows path: String) {
    let name = path.lowercased()
    let endings: KeyValuePairs<String, PredictionFormat> = [
      ".csv": .csv, ".tsv": .csv, ".jsonl": .jsonl, ".json": .json,
    ]
    guard
      let found = endings.first(where: { name.hasSuffix($0.key) || name.hasSuffix($0.key + ".gz") })
    else { return nil }
    self = found.value
  }
}

extension RowPredictor {
  /// Predicts all rows and writes them, as they come where the format allows it: a table is written in the end.
  /// - Parameters:
  ///   - tellsProbabilities: Whether the probability of every class is written.
  ///   - isStyled: Whether a table's headings stand out, by a terminal's codes.
  ///   - watch: Told after each row how many there have been.
  ///   - write: Given pieces of the text.
  /// - Throws: As `run`; `DataError` where a row has a field that is called like one of the predictions.
  public func write(
    as format: PredictionFormat, tellsProbabilities: Bool = false, isStyled: Bool = false,
    watch: (Int) -> Void = { _ in }, to write: (String) throws -> Void
  ) throws {
    let fields = fields(tellsProbabilities)
    let added = fields.columns
    if let taken = inputColumns.first(where: added.contains) {
      throw error(.fieldTaken(taken), at: 0)
    }
    let columns = inputColumns.isEmpty ? ["row"] : inputColumns
    var cells: [[String]] = []
    var separator = ""
    switch format {
    case .csv: try write(Table.csvLine(columns + added))
    case .json: separator = "[\n"
    default: break
    }
    try run { row in
      switch format {
      case .csv:
        try write(
          Table.csvLine(
            row.values(columns).map(\.cell) + fields.cells(row.prediction, isForPeople: false)))
      case .json, .jsonl:
        var record = inputColumns.isEmpty ? ["row": .integer(row.number)] : row.record.fields
        for (name, value) in fields.record(row.prediction) {
          guard record[name] == nil else { throw error(.fieldTaken(name), at: row.number) }
          record[name] = value
        }
        try write(separator + JSONValue.map(record).text(.compact) + (format == .jsonl ? "\n" : ""))
        if format == .json { separator = ",\n" }
      case .table, .markdown:
        cells.append(
          row.values(columns).map { $0.cell.shortened(to: 60) }
            + fields.cells(row.prediction, isForPeople: true))
      }
      watch(row.number + 1)
    }
    switch format {
    case .json: try write("\n]\n")
    case .table, .markdown:
      let table = Table(
        columns.map { Table.Column($0) }
          + added.map { Table.Column($0, $0 == "prediction" || $0 == "top" ? .left : .right) },
        rows: cells)
      try write(format == .table ? table.text(isStyled: isStyled) : table.markdown)
    case .csv, .jsonl: break
    }
  }
}

extension RowPredictor.Row {
  /// The fields of some names; the row's number where it has none.
  fileprivate func values(_ columns: [String]) -> [JSONValue] {
    record.fields.isEmpty
      ? [.integer(number)] : columns.map { record.fields[$0] ?? .null }
  }
}
