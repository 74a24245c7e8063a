import PeftAdapters
import PeftBasics
package import PeftReports

extension BakeoffResults {
  /// Points of curves that a page has, of all runs together: more would make it larger than a megabyte.
  private static let mostPoints = 40_000

  /// A page with the curves of all runs, the front and the table.
  /// - Parameter notes: What the user should know.
  package func page(notes: [String] = []) -> HTMLPage {
    let runs = results.flatMap(\.runs)
    let perCurve = max(8, Self.mostPoints / max(1, 2 * runs.count))
    let title = "Bake-off of \(results.map(\.contestant.name).joined(separator: ", "))"
      .shortened(to: 100)
    return HTMLPage(
      .bakeoff, title: title,
      data: [
        "title": .text(title), "subtitle": .text(heading ?? ""),
        "notes": .list(notes.map { .text($0) }),
        "metric": [
          "name": .text(metric.rawValue), "isHigherBetter": .bool(metric.isBetter(1, than: 0)),
        ],
        "verdict": .list(verdict.map { .text($0) }),
        "columns": .list(
          BakeoffColumn.allCases.filter { column in
            results.contains { $0.spread(of: column) != nil }
          }
          .map(\.page.json)),
        "contestants": .list(results.map { .map($0.page(pointsPerCurve: perCurve)) }),
      ])
  }
}

extension BakeoffColumn {
  fileprivate var page: PageColumn {
    let kind: PageColumn.Kind =
      switch self {
      case .trained: .count
      case .file, .memory: .bytes
      case .step: .seconds
      case .loss, .forgetting: .number
      case .accuracy: .percent
      }
    return PageColumn(
      rawValue, self == .step ? words : rawValue, kind, words: words,
      isHigherBetter: self == .accuracy)
  }
}

extension BakeoffResult {
  fileprivate func page(pointsPerCurve: Int) -> Record {
    let values = BakeoffColumn.allCases.compactMap { column in
      spread(of: column).map { (column.rawValue, $0.page) }
    }
    return [
      "name": .text(contestant.name), "tuner": .text(contestant.budget.tuner),
      "settings": .text(contestant.budget.shortSettings), "rate": .number(learningRate),
      "failure": failure.map { .text($0) } ?? .null,
      "values": .map(Record(uniqueKeysWithValues: values)),
      "runs": .list(
        runs.map { run in
          .map(
            run.page(
              isFinal: finalRuns.contains { $0.run.name == run.run.name }, points: pointsPerCurve))
        }),
    ]
  }
}

extension BakeoffResult.Run {
  fileprivate func page(isFinal: Bool, points: Int) -> Record {
    [
      "name": .text(run.name), "rate": .number(run.learningRate),
      "seed": .integer(run.recipe.seed), "isFinal": .bool(isFinal),
      "failure": failure.map { .text($0) } ?? .null,
      "rungs": .list(values.map { $0.map { .number($0) } ?? .null }),
      "training": training.thinned(to: points).page,
      "evaluation": evaluation.thinned(to: points).page,
    ]
  }
}

extension Spread {
  fileprivate var page: JSONValue {
    count > 1
      ? ["mean": .number(mean), "deviation": .number(deviation), "count": .integer(count)]
      : ["mean": .number(mean)]
  }
}

extension [LossChart.Point] {
  /// Means of as many neighbours as make so few points.
  fileprivate func thinned(to limit: Int) -> [LossChart.Point] {
    let width = count.dividedRoundingUp(by: Swift.max(1, limit))
    guard width > 1 else { return self }
    return stride(from: 0, to: count, by: width).map { start in
      let part = self[start..<Swift.min(count, start + width)]
      return LossChart.Point(
        step: part[part.endIndex - 1].step,
        loss: part.reduce(0) { $0 + $1.loss } / Double(part.count))
    }
  }

  fileprivate var page: JSONValue {
    .list(
      filter(\.loss.isFinite).map {
        .list([.integer($0.step), .number($0.loss.rounded(digits: 5))])
      })
  }
}

extension Double {
  /// As exact as a chart can show.
  fileprivate func rounded(digits: Int) -> Double {
    Double(fixed(digits)) ?? self
  }
}
