import OrderedCollections
import PeftBasics
public import PeftReports
import TunerKit

extension Comparison {
  /// The comparison as a text.
  ///
  /// - Parameters:
  ///   - showsModules: Whether every row is broken down by module.
  ///   - isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(
    as format: ReportFormat, showsModules: Bool = false, isStyled: Bool = false
  ) throws -> String {
    switch format {
    case .table: (showsModules ? moduleTable : table).text(isStyled: isStyled)
    case .markdown: (showsModules ? moduleTable : table(inUnits: false)).markdown
    case .latex: (showsModules ? moduleTable : table(inUnits: false)).latex
    case .csv: (showsModules ? moduleRecords : records).csv
    case .json:
      JSONValue.list(rows.map { .map(showsModules ? $0.recordWithModules : $0.record) }).report
    }
  }

  private var records: Table {
    Table(records: rows.map(\.flatRecord), columns: rows.first.map { Array($0.record.keys) } ?? [])
  }

  /// One row for each module of each of the comparison's rows.
  private var moduleRecords: Table {
    let records = rows.flatMap { row in
      row.modules.map { module in
        row.flatRecord.filter { ["model", "tuner", "settings"].contains($0.key) }
          .merging(module.record) { $1 }
      }
    }
    return Table(records: records, columns: records.first.map { Array($0.keys) } ?? [])
  }
}

// MARK: - For people

extension Comparison {
  /// The rows of each model under its name, numbers in units.
  public var table: Table { table(inUnits: true) }

  /// - Parameter inUnits: Whether bytes are rounded to units; exact otherwise.
  private func table(inUnits: Bool) -> Table {
    func size(_ name: String) -> Table.Column {
      Table.Column(inUnits ? name : "\(name) (bytes)", .right)
    }
    // Where nothing is packed, the bases take what the files differ by.
    let showsMemory = rows.contains { $0.basisBytes != 4 * $0.basisEntries }
    return Table(
      [
        Table.Column("tuner"), Table.Column("settings"), Table.Column("modules"),
        Table.Column("trained", .right), Table.Column("of all", .right),
        size("file"), size("with bases"), size("PEFT's file"), size("in memory"), size("AdamW"),
        Table.Column("update rank", .right),
      ],
      sections: models.map { model, rows in
        let shared = Set(rows.map(\.modulesText)).count == 1 ? rows.first?.modulesText : nil
        return Table.Section(
          [rows.first?.heading ?? model, shared].compactMap { $0 }.joined(separator: " · "),
          rows: rows.map {
            $0.cells(showsModules: shared == nil, showsMemory: showsMemory, inUnits: inUnits)
          })
      }
    ).withoutEmptyColumns
  }

  /// The rows by their model, in order.
  private var models: OrderedDictionary<String, [Budget]> {
    OrderedDictionary(grouping: rows, by: \.model)
  }

  /// Every row's modules, repeated layers as one line.
  public var moduleTable: Table {
    Table(
      [
        Table.Column("module"), Table.Column("kind"), Table.Column("out × in", .right),
        Table.Column("trained each", .right), Table.Column("trained", .right),
        Table.Column("update rank", .right),
      ],
      sections: zip(rows, adapters).map { row, adapter in
        let folding = FoldedPaths(adapter.match.modulePaths)
        let groups = folding.groups(of: row.modules, path: \.path) { module in
          [module.outputs, module.inputs, module.trainableParameters, module.updateRank]
        }
        return Table.Section(
          "\(row.model) · \(row.tuner) \(row.shortSettings) · "
            + "\(row.trainableParameters.grouped) trained",
          rows: groups.compactMap { group in
            guard let module = group.elements.first else { return nil }
            return module.cells(group.text, count: group.elements.count)
          } + row.restCells)
      })
  }
}

extension Budget {
  /// `gpt2 · 124,439,808 parameters`.
  fileprivate var heading: String { "\(model) · \(baseParameters.grouped) parameters" }

  /// `q_proj, v_proj × 64`: what is targeted, and how many modules that is.
  fileprivate var modulesText: String { "\(targetText.shortened(to: 36)) × \(targets)" }

  fileprivate func cells(showsModules: Bool, showsMemory: Bool, inUnits: Bool) -> [String] {
    func size(_ bytes: Int) -> String { inUnits ? bytes.asBytes : bytes.grouped }
    return [
      tuner, shortSettings.shortened(to: 40), showsModules ? modulesText : "",
      trainableParameters.grouped, trainablePercent.asPercent, size(adapterBytes),
      basisEntries == 0 ? "" : size(adapterBytesWithBases), size(peftAdapterBytes),
      basisEntries == 0 || !showsMemory ? "" : size(basisBytes), size(optimizerBytes),
      updateRank.grouped,
    ]
  }

  /// What is trained beside the tuner's own tensors.
  fileprivate var restCells: [[String]] {
    [("saved modules", savedModuleParameters), ("biases", biasParameters)].filter { $0.1 > 0 }
      .map { [$0.0, "", "", "", $0.1.grouped, ""] }
  }
}

extension ModuleBudget {
  fileprivate func cells(_ name: String, count: Int) -> [String] {
    [
      name, kind.description, "\(outputs) × \(inputs)", trainableParameters.grouped,
      (trainableParameters * count).grouped, updateRank.grouped,
    ]
  }
}

extension MatchReport {
  /// Every module that was decided about.
  var modulePaths: [String] {
    matched.map(\.path) + (excluded + unmatched).map(\.module.path)
  }
}
