import PeftAdapters
import PeftBasics
public import PeftReports
import PeftTemplates
import TunerKit

extension FittingPlans {
  /// The plans as a text.
  /// - Parameters:
  ///   - showsMoments: Whether a table for people says when each would be done if it began now.
  ///   - isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(
    as format: ReportFormat, showsMoments: Bool = true, isStyled: Bool = false
  ) -> String {
    switch format {
    case .table: return table(showsMoments: showsMoments).text(isStyled: isStyled)
    case .markdown: return table(showsMoments: showsMoments).markdown
    case .latex: return table(showsMoments: showsMoments).latex
    case .csv:
      let records = plans.map { plan in
        var record = record(of: plan)
        record["settings"] = .text(plan.training.budget.settingsText)
        return record
      }
      return Table(records: records, columns: records.first.map { Array($0.keys) } ?? []).csv
    case .json: return JSONValue.list(plans.map { .map(record(of: $0)) }).report
    }
  }

  private func table(showsMoments: Bool) -> Table {
    let right = [
      "trained", "batch", "precision", "activations", "memory", "per step",
      readsTokens ? "tokens/s" : "examples/s", "steps", "time", "done", inTheTime,
    ]
    return Table(
      [Table.Column("tuner"), Table.Column("settings")] + right.map { Table.Column($0, .right) }
        + [Table.Column("")],
      sections: sequences.map { sequence in
        Table.Section(
          heading(sequence),
          rows: plans.filter { $0.training.batch.sequence == sequence }.map {
            cells(of: $0, showsMoments: showsMoments)
          })
      }
    ).withoutEmptyColumns
  }

  private var sequences: [Int] {
    plans.map(\.training.batch.sequence).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// `gpt2 · 512 tokens an example · 16.0 GB`.
  private func heading(_ sequence: Int) -> String {
    let parts =
      [model, readsTokens ? "\(sequence.counted("token")) an example" : nil] + [
        limits.memoryBytes.asBytes, amountText, limits.seconds?.asDuration,
      ]
    return parts.compactMap { $0 }.joined(separator: " · ")
  }

  private var amountText: String? {
    switch limits.amount {
    case .tokens(let count): count.counted("token")
    case .examples(let count): count.counted("example")
    case nil: nil
    }
  }

  /// What can be done in the time there is, where it is not asked how long something takes.
  private var inTheTime: String {
    "\(readsTokens ? "tokens" : "examples") in \(limits.seconds?.asDuration ?? "")"
  }

  private func cells(of plan: FittingPlan, showsMoments: Bool) -> [String] {
    let budget = plan.training.budget
    let seconds = plan.seconds(for: limits.amount)
    let done = seconds.map { TemplateTime.inSeconds(Int(min($0, 1e9))).text("%Y-%m-%d %H:%M") }
    let verdict = verdict(on: plan)
    return [
      budget.tuner, budget.shortSettings.shortened(to: 40), budget.trainableParameters.grouped,
      "\(plan.training.batch.rows)", plan.precision.rawValue,
      plan.checkpointsActivations ? "checkpointed" : "", plan.training.peakBytes.asBytes,
      plan.secondsPerStep.asSeconds,
      Int(readsTokens ? plan.tokensPerSecond : plan.examplesPerSecond).grouped,
      plan.steps(for: limits.amount)?.grouped ?? "", seconds?.asDuration ?? "",
      showsMoments ? done ?? "" : "", doable(plan)?.abbreviated ?? "",
      verdict == .fits ? "" : verdict.rawValue,
    ]
  }

  /// Tokens or examples in the time there is.
  private func doable(_ plan: FittingPlan) -> Int? {
    guard limits.amount == nil, let seconds = limits.seconds else { return nil }
    return Int(seconds * (readsTokens ? plan.tokensPerSecond : plan.examplesPerSecond))
  }

  private func record(of plan: FittingPlan) -> Record {
    var record: Record = plan.training.budget.record.filter {
      ["model", "tuner", "settings", "trainable_parameters"].contains($0.key)
    }
    record["sequence"] = readsTokens ? .integer(plan.training.batch.sequence) : .null
    record["batch"] = .integer(plan.training.batch.rows)
    record["precision"] = .text(plan.precision.rawValue)
    record["checkpoint_activations"] = .bool(plan.checkpointsActivations)
    record["total_bytes"] = .integer(plan.training.peakBytes)
    record["seconds_per_step"] = .number(plan.secondsPerStep)
    record["steps"] = plan.steps(for: limits.amount).map { .integer($0) } ?? .null
    record["seconds"] = plan.seconds(for: limits.amount).map { .number($0) } ?? .null
    record["verdict"] = .text(verdict(on: plan).rawValue)
    return record
  }
}
