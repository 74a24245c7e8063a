import PeftAdapters
import PeftBasics
import PeftCheckpoints

/// Losses of several experiments side by side, on one scale, so that panels can be compared.
public struct LossPanels: Hashable, Sendable {
  /// One experiment.
  public struct Panel: Hashable, Sendable {
    public let title: String
    /// Series of one name have one colour in all panels.
    public let series: [LossChart.Series]
    /// A lower bound of the loss; nil where none is known.
    public let floor: Double?

    public init(title: String, series: [LossChart.Series], floor: Double? = nil) {
      self.title = title
      self.series = series
      self.floor = floor
    }
  }

  public let panels: [Panel]
  public let title: String
  public let subtitle: String
  /// What the lower bounds are.
  public let floorName: String

  public init(_ panels: [Panel], title: String, subtitle: String = "", floorName: String = "") {
    self.panels = panels
    self.title = title
    self.subtitle = subtitle
    self.floorName = floorName
  }

  /// The panels as an SVG document. It has a background of its own and follows a dark scheme.
  public var svg: String { LossPanelDrawing(self).svg }

  /// Writes the chart to a file.
  /// - Throws: `FileWriteError`.
  public func write(to path: String) throws { try FileWriter.write(svg, to: path) }
}
