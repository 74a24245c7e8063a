import PeftBasics

/// A chart of a confusion table: a row for each true class, a column for each predicted one, a field's
/// colour by its share of the row. What is right is blue, what is not orange.
public struct ConfusionChart: Hashable, Sendable {
  /// As many as the table has classes.
  public let names: [String]
  public let counts: ConfusionCounts
  /// What the chart is about: the model, the data.
  public let subtitle: String

  /// - Parameter names: One for each class; their numbers where nil.
  public init(_ counts: ConfusionCounts, names: [String]? = nil, subtitle: String = "") {
    precondition(names.map { $0.count == counts.classCount } ?? true, "a name for each class")
    self.counts = counts
    self.names = names ?? (0..<counts.classCount).map(String.init)
    self.subtitle = subtitle
  }

  /// The chart as an SVG document. It has a background of its own and follows a dark scheme.
  public var svg: String { ConfusionDrawing(self).svg }

  /// Writes the chart to a file.
  /// - Throws: `FileWriteError`.
  public func write(to path: String) throws { try FileWriter.write(svg, to: path) }
}
