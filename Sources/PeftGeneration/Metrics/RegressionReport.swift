import PeftBasics
public import PeftReports

/// How good predicted numbers are.
public struct RegressionReport: Hashable, Sendable {
  public let sums: RegressionSums
  /// Nil where the numbers were not kept.
  public let spearman: Double?

  /// - Parameter ranks: The same numbers, for Spearman's correlation.
  public init(_ sums: RegressionSums, ranks: RankCorrelation? = nil) {
    self.sums = sums
    spearman = ranks?.spearman
  }

  /// Every value, unrounded; null for NaN.
  package var record: Record {
    var record: Record = [
      "examples": .integer(sums.count),
      "mean_squared_error": .score(sums.meanSquaredError),
      "mean_absolute_error": .score(sums.meanAbsoluteError),
      "r2": .score(sums.r2), "pearson": .score(sums.pearson),
    ]
    if let spearman { record["spearman"] = .score(spearman) }
    return record
  }

  /// A row for each score.
  public var table: Table {
    let rows = [
      ("examples", sums.count.grouped), ("mean squared error", sums.meanSquaredError.scoreText),
      ("mean absolute error", sums.meanAbsoluteError.scoreText), ("R²", sums.r2.scoreText),
      ("Pearson", sums.pearson.scoreText), ("Spearman", spearman?.scoreText),
    ]
    return Table(
      [Table.Column("measure"), Table.Column("value", .right)],
      rows: rows.compactMap { name, value in value.map { [name, $0] } })
  }

  /// The report as a text.
  /// - Parameter isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(as format: ReportFormat, isStyled: Bool = false) -> String {
    switch format {
    case .table: table.text(isStyled: isStyled)
    case .markdown: table.markdown
    case .latex: table.latex
    case .csv: Table(records: [record], columns: Array(record.keys)).csv
    case .json: JSONValue.map(record).report
    }
  }
}
