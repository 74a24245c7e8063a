/// How a report is written.
public enum ReportFormat: String, Hashable, Sendable, CaseIterable {
  /// Aligned columns for a terminal.
  case table
  /// An exact, complete record for programs.
  case json
  /// The same as JSON's flat fields, one row a line.
  case csv
  /// The table for a document.
  case markdown
  /// The same for LaTeX, with the rules of its package booktabs.
  case latex
}
