import OrderedCollections
import PeftAdapters
import PeftBasics
public import PeftReports
import TunerKit

extension TrainingPlans {
  /// The plans as a text.
  /// - Parameters:
  ///   - showsLayers: Whether every module is listed with the order of its products.
  ///   - isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(
    as format: ReportFormat, showsLayers: Bool = false, isStyled: Bool = false
  ) throws -> String {
    switch format {
    case .table: return (showsLayers ? layerTable : table).text(isStyled: isStyled)
    case .markdown: return (showsLayers ? layerTable : table).markdown
    case .csv:
      let records = showsLayers ? layerRecords : plans.map(\.flatRecord)
      return Table(records: records, columns: records.first.map { Array($0.keys) } ?? []).csv
    case .json:
      return JSONValue.list(plans.map { .map(showsLayers ? $0.recordWithLayers : $0.record) })
        .report
    }
  }

  private var layerRecords: [Record] {
    plans.flatMap { plan in
      plan.updates.map { update in
        plan.flatRecord.filter { ["model", "tuner", "settings"].contains($0.key) }
          .merging(update.record) { $1 }
      }
    }
  }
}

// MARK: - For people

extension TrainingPlans {
  /// A column for each tuner.
  public var table: Table {
    let rows: [(String, (TrainingPlan) -> String)] = [
      ("settings", { $0.budget.shortSettings.shortened(to: 40) }),
      ("trained", { $0.budget.trainableParameters.grouped }),
      ("model", { $0.modelBytes.asBytes }), ("bases", { $0.basisBytes.orNothing }),
      ("adapter", { $0.adapterBytes.asBytes }), ("optimizer", { $0.optimizerBytes.orNothing }),
      ("gradients", { $0.gradientBytes.orNothing }),
      ("working memory", { $0.workingBytes.asBytes }),
      ("scratch and tables", { $0.scratchBytes.orNothing }), ("total", { $0.totalBytes.asBytes }),
      ("updates beside", { $0.updates.filter(\.isBeside).count.orEmpty }),
      ("updates added", { $0.updates.filter { !$0.isBeside }.count.orEmpty }),
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
      case .training(let optimizer, let accumulates, let recomputesBlocks):
        optimizer.name + (accumulates ? ", accumulated" : "")
          + (recomputesBlocks ? ", blocks computed twice" : "")
      }
    return "\(model) · \(plan.batch.rows) × \(plan.batch.sequence) · \(what)"
  }

  /// Every module with its shape and what both orders take, repeated layers as one line.
  public var layerTable: Table {
    Table(
      [
        Table.Column("module"), Table.Column("out × in", .right), Table.Column("rank", .right),
        Table.Column("update"), Table.Column("beside", .right), Table.Column("added", .right),
      ],
      sections: plans.map { plan in
        let groups = FoldedPaths(plan.updates.map(\.path)).groups(of: plan.updates, path: \.path) {
          UpdatePlan.Likeness($0)
        }
        return Table.Section(
          "\(plan.budget.tuner) \(plan.budget.shortSettings)",
          rows: groups.compactMap { group in group.elements.first?.cells(group.text) })
      })
  }
}

extension UpdatePlan {
  /// What modules of one line have in common.
  fileprivate struct Likeness: Hashable {
    let sizes: [Int]
    let isBeside: Bool

    init(_ plan: UpdatePlan) {
      sizes = [plan.outputs, plan.inputs, plan.rank]
      isBeside = plan.isBeside
    }
  }

  fileprivate func cells(_ name: String) -> [String] {
    [
      name, "\(outputs) × \(inputs)", rank.grouped, isBeside ? "beside" : "added",
      costs.map { $0.beside.asCost } ?? "", costs.map { $0.added.asCost } ?? "",
    ]
  }
}

extension Int {
  fileprivate var orNothing: String { self == 0 ? "" : asBytes }
  fileprivate var orEmpty: String { self == 0 ? "" : grouped }
}

extension Double {
  /// Operations: `12.3M`.
  fileprivate var asCost: String { Int(exactly: rounded())?.abbreviated ?? scientific }
}

// MARK: - For programs

extension TrainingPlan {
  package var record: Record {
    var record: Record = budget.record.filter {
      ["model", "tuner", "settings", "trainable_parameters"].contains($0.key)
    }
    let numbers: [(String, Int)] = [
      ("batch", batch.rows), ("sequence", batch.sequence), ("model_bytes", modelBytes),
      ("basis_bytes", basisBytes), ("adapter_bytes", adapterBytes),
      ("optimizer_bytes", optimizerBytes), ("gradient_bytes", gradientBytes),
      ("working_bytes", workingBytes), ("scratch_bytes", scratchBytes),
      ("total_bytes", totalBytes), ("updates_beside", updates.filter(\.isBeside).count),
      ("updates_added", updates.filter { !$0.isBeside }.count),
    ]
    for (name, number) in numbers { record[name] = .integer(number) }
    return record
  }

  fileprivate var flatRecord: Record {
    var record = record
    record["settings"] = .text(budget.settingsText)
    return record
  }

  fileprivate var recordWithLayers: Record {
    var record = record
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
    ]
  }
}
