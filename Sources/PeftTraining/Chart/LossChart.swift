import PeftAdapters
import PeftBasics
import PeftCheckpoints

/// A chart of losses: a line for each run, points where it was evaluated.
///
/// Where there are many points, they are drawn faint, with a smoothed line over them.
public struct LossChart: Hashable, Sendable {
  public struct Point: Hashable, Sendable {
    public let step: Int
    public let loss: Double

    public init(step: Int, loss: Double) {
      self.step = step
      self.loss = loss
    }
  }

  public struct Series: Hashable, Sendable {
    /// Series of one name share a colour: a run's training and its evaluation.
    public let name: String
    /// In order of the step. A loss that is inf or NaN is left out.
    public let points: [Point]
    public let isEvaluation: Bool

    public init(name: String, points: [Point], isEvaluation: Bool = false) {
      self.name = name
      self.points = points
      self.isEvaluation = isEvaluation
    }
  }

  public enum Scale: Hashable, Sendable {
    case linear
    /// A logarithmic axis; losses up to 0 are left out.
    case logarithmic
    /// Logarithmic where losses differ by more than a factor of 30.
    case automatic
  }

  public let series: [Series]
  /// What the chart is about: the model, the data.
  public let subtitle: String
  public let scale: Scale

  public init(_ series: [Series], subtitle: String = "", scale: Scale = .automatic) {
    self.series = series
    self.subtitle = subtitle
    self.scale = scale
  }

  /// The chart as an SVG document. It has a background of its own and follows a dark scheme.
  public var svg: String { LossDrawing(self).svg }

  /// Writes the chart to a file.
  /// - Throws: `FileWriteError`.
  public func write(to path: String) throws { try FileWriter.write(svg, to: path) }
}
