import PeftAdapters
import PeftBasics
public import PeftReports
import TunerKit

extension BakeoffResults {
  /// The results as a text.
  /// - Parameters:
  ///   - showsCosts: Whether times and memory are in a table for people.
  ///   - isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(
    as format: ReportFormat, showsCosts: Bool = true, isStyled: Bool = false
  ) throws -> String {
    switch format {
    case .table: table(showsCosts: showsCosts).text(isStyled: isStyled)
    case .markdown: table(showsCosts: showsCosts).markdown
    case .csv:
      Table(
        records: results.map { record in
          record.record.merging(["settings": .text(record.contestant.budget.settingsText)]) { $1 }
        }, columns: results.first.map { Array($0.record.keys) } ?? []
      ).csv
    case .json: JSONValue.list(results.map { .map($0.record) }).report
    }
  }

  /// A row for each contestant, numbers in units.
  public func table(showsCosts: Bool = true) -> Table {
    let columns = [
      Table.Column("tuner"), Table.Column("settings"), Table.Column("trained", .right),
      Table.Column("rate", .right), Table.Column("first loss", .right),
      Table.Column("last loss", .right), Table.Column("best eval", .right),
      Table.Column("accuracy", .right),
    ]
    let costs = [
      Table.Column("per step", .right), Table.Column("memory", .right),
      Table.Column("file", .right),
    ]
    return Table(
      columns + (showsCosts ? costs : []),
      sections: [
        Table.Section(heading, rows: results.map { $0.cells + (showsCosts ? $0.costCells : []) })
      ]
    ).withoutEmptyColumns
  }

  /// `gpt2 · 124,439,808 parameters · 100 steps`.
  private var heading: String? {
    results.first.map { first in
      let steps = results.compactMap { $0.training.last?.step }.max() ?? 0
      return "\(first.contestant.budget.model) · "
        + "\(first.contestant.budget.baseParameters.grouped) parameters · "
        + steps.counted("step")
    }
  }
}

extension BakeoffResult {
  fileprivate var cells: [String] {
    let budget = contestant.budget
    let last =
      failure == nil ? lastLoss.map { $0.fixed(4) } ?? "" : "diverged at \(training.count + 1)"
    return [
      budget.tuner, budget.shortSettings.shortened(to: 40), budget.trainableParameters.grouped,
      contestant.recipe.optimizer.learningRate.scientific, firstLoss.map { $0.fixed(4) } ?? "",
      last, bestEvaluation.map { $0.loss.fixed(4) } ?? "",
      bestAccuracy.map { (100 * $0).fixed(1) + "%" } ?? "",
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
      "learning_rate": .number(contestant.recipe.optimizer.learningRate),
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
    ]
  }
}

extension Double? {
  fileprivate var value: ConfigurationValue { map { .number($0) } ?? .null }
}

extension Int? {
  fileprivate var value: ConfigurationValue { map { .integer($0) } ?? .null }
}
