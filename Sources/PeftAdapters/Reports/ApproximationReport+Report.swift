import PeftBasics
public import PeftReports
import TunerKit

extension ApproximationReport {
  /// The report as a text: how far off each module is, and all of them together.
  ///
  /// - Parameters:
  ///   - listsAll: Whether a table has a line for every module; otherwise repeated layers have one.
  ///   - isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(
    as format: ReportFormat, listsAll: Bool = false, isStyled: Bool = false
  ) throws -> String {
    switch format {
    case .table: table(listsAll: listsAll).text(isStyled: isStyled)
    case .markdown: table(listsAll: listsAll).markdown
    case .latex: table(listsAll: listsAll).latex
    case .csv:
      Table(
        records: modules.map(\.record), columns: modules.first.map { Array($0.record.keys) } ?? []
      )
      .csv
    case .json:
      JSONValue.map([
        "modules": .list(modules.map { .map($0.record) }),
        "relative_error": .number(relativeError),
        "warnings": warnings.configurationValue,
      ]).report
    }
  }

  private func table(listsAll: Bool) -> Table {
    let folding = FoldedPaths(modules.map(\.path))
    let groups =
      listsAll
      ? modules.map { FoldedPaths.Group(pattern: $0.path, elements: [$0]) }
      : folding.groups(of: modules, path: \.path) { [$0.outputs, $0.inputs] }
    let rows = groups.map { group in
      [
        group.text, "\(group.elements[0].outputs) × \(group.elements[0].inputs)",
        Self.range(group.elements.map(\.rank)) { "\($0)" },
        Self.range(group.elements.map(\.relativeError), \.asErrorText),
      ]
    }
    return Table(
      [
        Table.Column("module"), Table.Column("out × in", .right), Table.Column("rank", .right),
        Table.Column("relative error", .right),
      ], rows: rows + [["all", "", "", relativeError.asErrorText]])
  }

  /// `3`, or `3–7` for several that differ.
  private static func range<Value: Comparable>(
    _ values: [Value], _ text: (Value) -> String
  ) -> String {
    guard let least = values.min(), let greatest = values.max() else { return "" }
    let (first, last) = (text(least), text(greatest))
    return first == last ? first : "\(first)–\(last)"
  }
}

extension Double {
  /// A relative error in percent: what is below rounding counts as none.
  fileprivate var asErrorText: String { self < 5e-6 ? "0%" : (self * 100).asPercent }
}

extension ApproximationReport.Module {
  fileprivate var record: Record {
    [
      "module": .text(path), "outputs": .integer(outputs), "inputs": .integer(inputs),
      "rank": .integer(rank), "norm": .number(norm), "relative_error": .number(relativeError),
    ]
  }
}
