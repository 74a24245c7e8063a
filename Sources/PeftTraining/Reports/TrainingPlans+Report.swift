public import CPUCore
import OrderedCollections
import PeftAdapters
import PeftBasics
public import PeftReports
import TunerKit

extension TrainingPlans {
  /// The plans as a text.
  /// - Parameters:
  ///   - showsLayers: Whether every module is listed with all that is known of it, instead of groups with the
  ///     order of their products.
  ///   - rates: What this machine computes in a second, for the time that a step is expected to take.
  ///   - isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(
    as format: ReportFormat, showsLayers: Bool = false, rates: MachineRates? = nil,
    isStyled: Bool = false
  ) throws -> String {
    let tables = showsLayers ? [layerTable] : [table(rates), groupTable].filter { !$0.isEmpty }
    switch format {
    case .table: return tables.map { $0.text(isStyled: isStyled) }.joined(separator: "\n")
    case .markdown: return tables.map(\.markdown).joined(separator: "\n")
    case .latex: return tables.map(\.latex).joined(separator: "\n")
    case .csv:
      let records = showsLayers ? layerRecords : plans.map { $0.flatRecord(rates) }
      return Table(records: records, columns: records.first.map { Array($0.keys) } ?? []).csv
    case .json:
      return JSONValue.list(
        plans.map { .map(showsLayers ? $0.recordWithLayers(rates) : $0.record(rates)) }
      ).report
    }
  }

  private var layerRecords: [Record] {
    plans.flatMap { plan in
      plan.updates.map { update in
        plan.flatRecord(nil).filter { ["model", "tuner", "settings"].contains($0.key) }
          .merging(update.record) { $1 }
      }
    }
  }
}

extension Table {
  fileprivate var isEmpty: Bool { sections.allSatisfy(\.rows.isEmpty) }
}

// MARK: - For people

extension TrainingPlans {
  /// A column for each tuner.
  private func table(_ rates: MachineRates?) -> Table {
    let step = isInference ? "" : " a step"
    let rows: [(String, (TrainingPlan) -> String)] = [
      ("settings", { $0.budget.shortSettings.shortened(to: 40) }),
      ("trained", { $0.budget.trainableParameters.grouped }),
      ("model", { $0.modelBytes.asBytes }), ("bases", { $0.basisBytes.orNothing }),
      ("adapter", { $0.adapterBytes.asBytes }), ("optimizer", { $0.optimizerBytes.orNothing }),
      ("gradients", { $0.gradientBytes.orNothing }),
      ("working memory", { $0.workingBytes.asBytes }),
      ("scratch and tables", { $0.scratchBytes.orNothing }),
      ("process", { _ in TrainingPlan.processBytes.asBytes }), ("total", { $0.peakBytes.asBytes }),
      ("FLOPs\(step)", { $0.work.operations.asOperations }),
      ("additions\(step)", { $0.work.additions > 0 ? Int($0.work.additions).abbreviated : "" }),
      (
        "expected\(isInference ? " time" : " step")",
        { plan in
          rates.map { plan.seconds(at: $0).asSeconds } ?? ""
        }
      ),
    ]
    return Table(
      [Table.Column("")] + plans.map { Table.Column($0.budget.tuner, .right) },
      sections: [
        Table.Section(
          heading,
          rows: rows.map { name, cell in [name] + plans.map(cell) }
            .filter { $0.dropFirst().contains { !$0.isEmpty } })
      ])
  }

  /// `gpt2 · 4 × 256 · adamw`.
  private var heading: String {
    guard let plan = plans.first else { return model }
    let what =
      switch plan.purpose {
      case .inference: "inference"
      case .training(let optimizer, let accumulate, let recomputesBlocks, _):
        optimizer.name + (accumulate > 1 ? ", \(accumulate) batches a step" : "")
          + (recomputesBlocks ? ", blocks computed twice" : "")
      }
    return "\(model) · \(plan.batch.rows) × \(plan.batch.sequence) · \(what)"
  }

  private var isInference: Bool { plans.first?.purpose == .inference }
}

extension Int {
  fileprivate var orNothing: String { self == 0 ? "" : asBytes }
}

// MARK: - For programs

extension TrainingPlan {
  package func record(_ rates: MachineRates? = nil) -> Record {
    var record: Record = budget.record.filter {
      ["model", "tuner", "settings", "trainable_parameters"].contains($0.key)
    }
    let numbers: [(String, Int)] = [
      ("batch", batch.rows), ("sequence", batch.sequence), ("model_bytes", modelBytes),
      ("basis_bytes", basisBytes), ("adapter_bytes", adapterBytes),
      ("optimizer_bytes", optimizerBytes), ("gradient_bytes", gradientBytes),
      ("working_bytes", workingBytes), ("scratch_bytes", scratchBytes),
      ("process_bytes", Self.processBytes),
      ("total_bytes", peakBytes), ("updates_beside", updates.filter(\.isBeside).count),
      ("updates_added", updates.filter { !$0.isBeside }.count), ("accumulate", accumulate),
    ]
    for (name, number) in numbers { record[name] = .integer(number) }
    record["flops"] = work.operations.whole
    record["additions"] = work.additions.rounded().whole
    record["moved_bytes"] = work.bytes.whole
    record["expected_seconds"] = rates.map { .number(seconds(at: $0)) } ?? .null
    return record
  }

  private var accumulate: Int {
    if case .training(_, let accumulate, _, _) = purpose { accumulate } else { 1 }
  }

  fileprivate func flatRecord(_ rates: MachineRates?) -> Record {
    var record = record(rates)
    record["settings"] = .text(budget.settingsText)
    return record
  }

  fileprivate func recordWithLayers(_ rates: MachineRates?) -> Record {
    var record = record(rates)
    record["layers"] = .list(updates.map { .map($0.record) })
    return record
  }
}

extension UpdatePlan {
  fileprivate var record: Record {
    [
      "path": .text(path), "outputs": .integer(outputs), "inputs": .integer(inputs),
      "rank": .integer(rank), "beside": .bool(isBeside),
      "cost_beside": costs.map { .number($0.beside) } ?? .null,
      "cost_added": costs.map { .number($0.added) } ?? .null,
      "flops": work.operations.whole, "moved_bytes": work.bytes.whole,
      "other_flops": otherWork.map(\.operations.whole) ?? .null,
      "other_moved_bytes": otherWork.map(\.bytes.whole) ?? .null,
      "gradients": gradients.map { .text($0.name) } ?? .null,
      "thin_flops": gradients.map(\.thinOperations.whole) ?? .null,
      "whole_flops": gradients.map(\.wholeOperations.whole) ?? .null,
    ]
  }
}

extension PlannedGradients {
  /// The order in one word.
  var name: String { isThin ? "thin" : "whole" }
}

extension Double {
  /// A count as a whole number, where there is an `Int` for it.
  fileprivate var whole: JSONValue { Int(exactly: self).map { .integer($0) } ?? .number(self) }
}
