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

  /// What else was measured at the same steps: a narrow plot below the losses, on an axis of its own.
  public struct Strip: Hashable, Sendable {
    public struct Point: Hashable, Sendable {
      public let step: Int
      public let value: Double

      public init(step: Int, value: Double) {
        self.step = step
        self.value = value
      }
    }

    public let name: String
    /// In order of the step. What is inf or NaN is left out.
    public let points: [Point]
    /// Whether values are shares, which are shown in percent.
    public let areShares: Bool

    public init(name: String, points: [Point], areShares: Bool = false) {
      self.name = name
      self.points = points
      self.areShares = areShares
    }
  }

  public let series: [Series]
  public let strips: [Strip]
  /// Steps of an epoch over the training data; nil where these are not shown.
  public let stepsPerEpoch: Double?
  /// What the chart is about: the model, the data.
  public let subtitle: String
  public let scale: Scale

  public init(
    _ series: [Series], strips: [Strip] = [], stepsPerEpoch: Double? = nil, subtitle: String = "",
    scale: Scale = .automatic
  ) {
    self.series = series
    self.strips = strips
    self.stepsPerEpoch = stepsPerEpoch
    self.subtitle = subtitle
    self.scale = scale
  }

  /// The chart as an SVG document. It has a background of its own and follows a dark scheme.
  public var svg: String { LossDrawing(self).svg }

  /// Writes the chart to a file.
  /// - Throws: `FileWriteError`.
  public func write(to path: String) throws { try FileWriter.write(svg, to: path) }
}
