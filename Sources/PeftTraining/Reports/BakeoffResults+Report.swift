import PeftAdapters
import PeftBasics
public import PeftReports
import TunerKit

extension BakeoffResults {
  /// The results as a text.
  /// - Parameters:
  ///   - showsCosts: Whether times and memory are in a table for people.
  ///   - isStyled: Whether a table's headings stand out, by a terminal's codes.
  ///   - columns: Those of which a table for people names the Pareto front; none where empty.
  public func report(
    as format: ReportFormat, showsCosts: Bool = true, isStyled: Bool = false,
    frontOf columns: [BakeoffColumn] = []
  ) throws -> String {
    let sentences =
      (search.hasManyRuns ? verdict : [])
      + (columns.isEmpty ? [] : [sentence(aboutFrontOf: columns)])
    switch format {
    case .table:
      return table(showsCosts: showsCosts).text(isStyled: isStyled)
        + sentences.map { "\n\($0)\n" }.joined()
    case .markdown:
      return table(showsCosts: showsCosts).markdown + sentences.map { "\n- \($0)\n" }.joined()
    case .latex: return table(showsCosts: showsCosts).latex
    case .csv:
      let rows = results.map { result in
        var row = result.record
        row["runs"] = nil
        row["settings"] = .text(result.contestant.budget.settingsText)
        return row
      }
      return Table(records: rows, columns: rows.first.map { Array($0.keys) } ?? []).csv
    case .json: return JSONValue.list(results.map { .map($0.record) }).report
    }
  }

  /// A row for each contestant, numbers in units.
  public func table(showsCosts: Bool = true) -> Table {
    let columns =
      [
        Table.Column("tuner"), Table.Column("settings"), Table.Column("trained", .right),
        Table.Column("rate", .right),
      ]
      + (search.hasManyRuns ? ["eval loss"] : ["first loss", "last loss", "best eval"]).map {
        Table.Column($0, .right)
      } + [Table.Column("accuracy", .right), Table.Column("forgetting", .right)]
    let costs = [
      Table.Column("per step", .right), Table.Column("memory", .right),
      Table.Column("file", .right),
    ]
    return Table(
      columns + (showsCosts ? costs : []),
      sections: [
        Table.Section(
          heading,
          rows: results.map {
            $0.cells(ofSearch: search.hasManyRuns) + (showsCosts ? $0.costCells : [])
          })
      ]
    ).withoutEmptyColumns
  }

  /// `gpt2 · 124,439,808 parameters · 100 steps`.
  var heading: String? {
    results.first.map { first in
      let steps = results.compactMap { $0.training.last?.step }.max() ?? 0
      return "\(first.contestant.budget.model) · "
        + "\(first.contestant.budget.baseParameters.grouped) parameters · "
        + steps.counted("step")
        + (search.compares ? " · \(search.learningRates.count.counted("learning rate"))" : "")
        + (search.seeds > 1 ? " · \(search.seeds.counted("seed"))" : "")
    }
  }
}

extension BakeoffResult {
  fileprivate func cells(ofSearch isSearch: Bool) -> [String] {
    let budget = contestant.budget
    let name = [
      budget.tuner, budget.shortSettings.shortened(to: 40), budget.trainableParameters.grouped,
      isSearch ? learningRate.shortScientific : learningRate.scientific,
    ]
    let last =
      failure == nil ? lastLoss.map { $0.fixed(4) } ?? "" : "diverged at \(training.count + 1)"
    let forgotten = forgetting.map { $0.text { $0.fixed(4) } } ?? ""
    guard isSearch else {
      return name + [
        firstLoss.map { $0.fixed(4) } ?? "", last, bestEvaluation.map { $0.loss.fixed(4) } ?? "",
        bestAccuracy.map { (100 * $0).fixed(1) + "%" } ?? "", forgotten,
      ]
    }
    return name + [
      losses.map { $0.text { $0.fixed(4) } } ?? (failure == nil ? "" : "diverged"),
      accuracies.map { $0.text { (100 * $0).fixed(1) } + " %" } ?? "", forgotten,
    ]
  }

  fileprivate var costCells: [String] {
    [
      secondsPerStep.map(\.asSeconds) ?? "", plannedBytes?.asBytes ?? "",
      adapterBytes?.asBytes ?? "",
    ]
  }

  /// Every value, unrounded, by the names of the JSON and CSV reports.
  var record: Record {
    let budget = contestant.budget
    return [
      "name": .text(contestant.name),
      "tuner": .text(budget.tuner),
      "settings": budget.record["settings"] ?? .null,
      "learning_rate": .number(learningRate),
      "trainable_parameters": .integer(budget.trainableParameters),
      "steps": .integer(training.last?.step ?? 0),
      "first_loss": firstLoss.value,
      "last_loss": lastLoss.value,
      "best_eval_loss": (bestEvaluation?.loss).value,
      "best_eval_step": (bestEvaluation?.step).value,
      "best_eval_accuracy": bestAccuracy.value,
      "seconds_per_step": secondsPerStep.value,
      "planned_bytes": plannedBytes.value,
      "adapter_bytes": adapterBytes.value,
      "failure": failure.map { .text($0) } ?? .null,
      "eval_loss_mean": (losses?.mean).value,
      "eval_loss_deviation": (losses?.deviation).value,
      "eval_accuracy_mean": (accuracies?.mean).value,
      "eval_accuracy_deviation": (accuracies?.deviation).value,
      "forgetting_mean": (forgetting?.mean).value,
      "forgetting_deviation": (forgetting?.deviation).value,
      "runs": .list(runs.map { .map($0.record) }),
    ]
  }
}

extension BakeoffResult.Run {
  fileprivate var record: Record {
    [
      "name": .text(run.name), "learning_rate": .number(run.learningRate),
      "seed": .integer(run.recipe.seed), "steps": .integer(steps),
      "best_eval_loss": bestLoss.value, "best_eval_accuracy": bestAccuracy.value,
      "forgetting": forgetting.value, "failure": failure.map { .text($0) } ?? .null,
    ]
  }
}

extension Spread {
  /// `1.7324 ± 0.0012`; the mean alone of one run.
  fileprivate func text(_ number: (Double) -> String) -> String {
    count > 1 ? "\(number(mean)) ± \(number(deviation))" : number(mean)
  }
}

extension Double? {
  fileprivate var value: ConfigurationValue { map { .number($0) } ?? .null }
}

extension Int? {
  fileprivate var value: ConfigurationValue { map { .integer($0) } ?? .null }
}
