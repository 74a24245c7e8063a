package import PeftBasics
public import PeftReports

extension ClassificationReport {
  /// The report as a text. A table for people has the confusion as well, where there are few classes; CSV
  /// has a row for each class.
  /// - Parameter isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(as format: ReportFormat, isStyled: Bool = false) -> String {
    let isSmall = classes.count <= Self.mostShown
    let tables = [summary, classTable] + (isSmall ? [confusionTable].compactMap { $0 } : [])
    return switch format {
    case .table: tables.map { $0.text(isStyled: isStyled) }.joined(separator: "\n")
    case .markdown: tables.map(\.markdown).joined(separator: "\n")
    case .latex: tables.map(\.latex).joined(separator: "\n")
    case .csv:
      Table(records: classRecords, columns: classRecords.first.map { Array($0.keys) } ?? []).csv
    case .json: JSONValue.map(record).report
    }
  }

  /// The most classes whose confusion is printed: more are wider than a page.
  private static let mostShown = 12

  /// Every value, unrounded; null for NaN.
  package var record: Record {
    var record = scores
    record["classes"] = .list(classRecords.map(JSONValue.map))
    if let confusion {
      record["confusion"] = .list(confusion.rows.map { .list($0.map(JSONValue.integer)) })
    }
    return record
  }

  /// The scores of all classes together: what models are compared by.
  package var scores: Record {
    var scores: Record = ["examples": .integer(exampleCount)]
    if let confusion {
      scores["accuracy"] = .score(accuracy)
      scores["balanced_accuracy"] = .score(confusion.balancedAccuracy)
    } else {
      scores["subset_accuracy"] = .score(accuracy)
    }
    for (name, average) in averages {
      scores["f1_\(name)"] = .score(average.f1)
      scores["precision_\(name)"] = .score(average.precision)
      scores["recall_\(name)"] = .score(average.recall)
    }
    if let confusion { scores["matthews_correlation"] = .score(confusion.matthewsCorrelation) }
    return scores
  }

  private var averages: [(name: String, value: ClassAverage)] {
    [("macro", macro), ("micro", micro), ("weighted", weighted)]
  }

  private var classRecords: [Record] {
    zip(names, classes).map { name, counts in
      [
        "name": .text(name), "precision": .score(counts.precision),
        "recall": .score(counts.recall), "f1": .score(counts.f1),
        "support": .integer(counts.support), "predicted": .integer(counts.predictedCount),
      ]
    }
  }
}

// MARK: - For people

extension ClassificationReport {
  /// Accuracy and its like, a row each.
  public var summary: Table {
    let rows = [
      ("examples", exampleCount.grouped),
      (confusion == nil ? "all labels right" : "accuracy", accuracy.scoreText),
      ("balanced accuracy", confusion?.balancedAccuracy.scoreText),
      ("Matthews correlation", confusion?.matthewsCorrelation.scoreText),
    ]
    return Table(
      [Table.Column("measure"), Table.Column("value", .right)],
      rows: rows.compactMap { name, value in value.map { [name, $0] } })
  }

  /// Precision, recall and F1 of each class, and of all together.
  public var classTable: Table {
    let columns = [
      Table.Column(confusion == nil ? "label" : "class"), Table.Column("precision", .right),
      Table.Column("recall", .right), Table.Column("F1", .right), Table.Column("examples", .right),
      Table.Column("predicted", .right),
    ]
    let own = zip(names, classes).map { name, counts in
      [name, counts.precision.scoreText, counts.recall.scoreText, counts.f1.scoreText]
        + [counts.support.grouped, counts.predictedCount.grouped]
    }
    let all = averages.map { name, average in
      [name, average.precision.scoreText, average.recall.scoreText, average.f1.scoreText]
    }
    return Table(
      columns,
      sections: [
        Table.Section(confusion == nil ? "each label" : "each class", rows: own),
        Table.Section("average", rows: all),
      ])
  }

  /// A row for each true class, a column for each predicted one; nil where an example may have several
  /// labels.
  public var confusionTable: Table? {
    guard let confusion else { return nil }
    return Table(
      [Table.Column("true ↓  predicted →")] + names.map { Table.Column($0, .right) },
      rows: zip(names, confusion.rows).map { [$0] + $1.map(\.grouped) })
  }
}

extension JSONValue {
  /// A score; null for NaN, of which JSON knows nothing.
  package static func score(_ value: Double) -> JSONValue {
    value.isFinite ? .number(value) : .null
  }
}

extension Double {
  /// A score with four digits.
  package var scoreText: String { isNaN ? "NaN" : fixed(4) }
}
