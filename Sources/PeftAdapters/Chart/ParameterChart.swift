import OrderedCollections
import PeftBasics
import PeftCheckpoints
import PeftReports
import TunerKit

/// A chart of a comparison: trainable parameters against rank, a line for each model and tuner, a
/// point for each setting that was asked for. The line of a tuner without a rank is level, and has no
/// points.
public struct ParameterChart: Hashable, Sendable {
  struct Point: Hashable, Sendable {
    package let rank: Int
    package let parameters: Int
  }

  struct Line: Hashable, Sendable {
    package let model: String
    /// The tuner, with its targets where it has several lines.
    package var name: String
    /// In order of the rank.
    let curve: [Point]
    /// The settings that were asked for.
    package var marks: [Point]
  }

  let lines: [Line]
  /// What the chart is about: models, and targets where they are the same for all.
  let subtitle: String

  private static let gridSize = 180

  /// - Throws: What a tuner throws at some rank; `SizeOverflow`.
  public init(_ comparison: Comparison) throws {
    var lines: [Line] = []
    var targets: [String] = []
    for (row, adapter) in zip(comparison.rows, comparison.adapters) {
      let mark = row.rank.map { Point(rank: $0, parameters: row.trainableParameters) }
      let curve = try Self.curve(adapter, row, through: mark)
      let place = lines.firstIndex { line in
        line.model == row.model && line.name == row.tuner && line.isSame(curve)
      }
      if let place {
        lines[place].marks += [mark].compactMap { $0 }
      } else {
        lines.append(
          Line(
            model: row.model, name: row.tuner, curve: curve, marks: [mark].compactMap { $0 }))
        targets.append(row.targetText)
      }
    }
    let names = OrderedDictionary(grouping: lines.indices) { [lines[$0].model, lines[$0].name] }
    for group in names.values where group.count > 1 {
      for index in group { lines[index].name += ": " + targets[index].shortened(to: 24) }
    }
    self.lines = lines.filter { !$0.curve.isEmpty }
    let models = OrderedSet(lines.map(\.model)).map { $0.shortened(to: 28) }
    let shared = Set(targets).count == 1 ? targets.first : nil
    subtitle =
      models.joined(separator: ", ").shortened(to: 76)
      + (shared.map { " · \($0.shortened(to: 40))" } ?? "")
  }

  /// The curve at ranks spread over its range; what trains nothing has no place on the axis.
  private static func curve(
    _ adapter: Adapter, _ row: Budget, through mark: Point?
  ) throws -> [Point] {
    let curve = mark == nil ? nil : try ParameterCurve(adapter, costing: row)
    let last = ParameterCurve.ranks(of: adapter.updates.map(\.site)).upperBound
    var points = try LogarithmicAxis.grid(upTo: last, count: gridSize).map { rank in
      Point(
        rank: rank,
        parameters: try curve?.trainableParameters(at: rank) ?? row.trainableParameters)
    }
    if let mark, mark.rank > last { points.append(mark) }
    return points.filter { $0.parameters > 0 }
  }

  /// Writes the chart to a file.
  /// - Throws: `FileWriteError`.
  public func write(to path: String) throws { try FileWriter.write(svg, to: path) }
}

extension ParameterChart.Line {
  /// Whether a curve is this line's, as far as both go.
  func isSame(_ other: [ParameterChart.Point]) -> Bool {
    zip(curve, other).allSatisfy { $0 == $1 }
  }

  /// Whether more rank means more parameters.
  var isRising: Bool { (curve.last?.parameters ?? 0) >= (curve.first?.parameters ?? 0) }
}

extension Comparison {
  /// A chart of trainable parameters against rank.
  public func chart() throws -> ParameterChart { try ParameterChart(self) }
}
