import OrderedCollections
import PeftBasics
public import PeftGeneration
public import PeftReports

/// What models made of the same held-out data, side by side.
public struct EvaluationReport: Sendable {
  public struct Entry: Sendable {
    public let name: String
    /// The adapter's folder; nil for the base.
    public let adapter: String?
    public let result: EvaluationResult

    public init(name: String, adapter: String?, result: EvaluationResult) {
      self.name = name
      self.adapter = adapter
      self.result = result
    }
  }

  public let model: String
  public let data: [String]
  public let entries: [Entry]

  public init(model: String, data: [String], entries: [Entry]) {
    self.model = model
    self.data = data
    self.entries = entries
  }

  /// The report as a text.
  /// - Parameter isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(as format: ReportFormat, isStyled: Bool = false) -> String {
    switch format {
    case .table: tables.map { $0.text(isStyled: isStyled) }.joined(separator: "\n")
    case .markdown: tables.map(\.markdown).joined(separator: "\n")
    case .latex: tables.map(\.latex).joined(separator: "\n")
    case .csv: Table(records: entries.map(\.flatRecord), columns: columns).csv
    case .json: JSONValue.map(record).report
    }
  }

  /// A chart of the confusion for each classifier.
  public var confusionCharts: [(name: String, chart: ConfusionChart)] {
    entries.compactMap { entry in
      guard let classes = entry.result.scores?.classes, let confusion = classes.confusion else {
        return nil
      }
      let subtitle = entry.adapter == nil ? model : "\(model) with \(entry.name)"
      return (entry.name, ConfusionChart(confusion, names: classes.names, subtitle: subtitle))
    }
  }
}

// MARK: - For people

extension EvaluationReport {
  /// The most classes whose confusion is printed: more are wider than a page.
  private static let mostShown = 12

  /// What models are compared by; each class; the confusion of few classes.
  private var tables: [Table] { [comparison, classTable, confusionTable].compactMap { $0 } }

  /// A row for each measure, a column for each model.
  public var comparison: Table {
    let measures = entries.map { OrderedDictionary(uniqueKeysWithValues: $0.result.shownMeasures) }
    var titles = OrderedSet<String>()
    for entry in measures { titles.formUnion(entry.keys) }
    return Table(
      [Table.Column("measure")] + entries.map { Table.Column($0.name, .right) },
      sections: [
        Table.Section(
          "\(model) · \(data.listed(upTo: 3))",
          rows: titles.map { title in [title] + measures.map { $0[title] ?? "" } })
      ])
  }

  /// A section for each model: precision, recall and F1 of its classes.
  private var classTable: Table? {
    let classes = classifiers.map { ($0.name, $0.report.classTable) }
    return classes.first.map { first in
      Table(
        first.1.columns,
        sections: classes.map { name, table in
          Table.Section(title(name), rows: table.sections.flatMap(\.rows))
        })
    }
  }

  private var confusionTable: Table? {
    let tables = classifiers.filter { $0.report.classes.count <= Self.mostShown }
      .compactMap { entry in entry.report.confusionTable.map { (entry.name, $0) } }
    return tables.first.map { first in
      Table(
        first.1.columns,
        sections: tables.filter { $0.1.columns == first.1.columns }.map { name, table in
          Table.Section(title(name), rows: table.sections.flatMap(\.rows))
        })
    }
  }

  private var classifiers: [(name: String, report: ClassificationReport)] {
    entries.compactMap { entry in entry.result.scores?.classes.map { (entry.name, $0) } }
  }

  /// A single model needs no title.
  private func title(_ name: String) -> String? { entries.count > 1 ? name : nil }
}

extension EvaluationResult {
  /// What is compared, by title.
  fileprivate var shownMeasures: [(String, String)] {
    var rows = [("rows", rowCount.grouped)]
    if perplexity != nil { rows.append(("tokens that count", measurement.entryCount.grouped)) }
    rows.append(("loss", measurement.loss.scoreText))
    if let perplexity {
      rows.append(("perplexity", perplexity < 1e5 ? perplexity.fixed(3) : perplexity.scientific))
    }
    if let bits = measurement.bitsPerByte { rows.append(("bits per byte", bits.scoreText)) }
    guard let scores else {
      return rows + (measurement.accuracy.map { [("accuracy", $0.scoreText)] } ?? [])
    }
    return rows + scores.measures.map { ($0.title, $0.value.scoreText) }
  }
}

// MARK: - For programs

extension EvaluationReport {
  private var record: Record {
    [
      "model": .text(model), "data": .list(data.map(JSONValue.text)),
      "results": .list(entries.map { .map($0.record) }),
    ]
  }

  private var columns: [String] {
    var columns = OrderedSet<String>()
    for entry in entries { columns.formUnion(entry.flatRecord.keys) }
    return Array(columns)
  }
}

extension EvaluationReport.Entry {
  /// Every value, unrounded; null for NaN.
  fileprivate var record: Record {
    var record: Record = [
      "name": .text(name), "adapter": adapter.map(JSONValue.text) ?? .null,
      "rows": .integer(result.rowCount), "truncated_rows": .integer(result.cutRows),
      "left_out_rows": .integer(result.leftOutRows),
    ]
    let measurement = result.measurement
    record["entries"] = .integer(measurement.entryCount)
    record["loss"] = .score(measurement.loss)
    if let perplexity = result.perplexity { record["perplexity"] = .score(perplexity) }
    if let bits = measurement.bitsPerByte { record["bits_per_byte"] = .score(bits) }
    guard let scores = result.scores else {
      if let accuracy = measurement.accuracy { record["accuracy"] = .score(accuracy) }
      return record
    }
    return record.merging(scores.record) { first, _ in first }
  }

  /// The same without lists.
  fileprivate var flatRecord: Record {
    record.filter { if case .list = $0.value { false } else { true } }
  }
}
