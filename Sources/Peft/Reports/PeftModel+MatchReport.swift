import OrderedCollections
import TunerKit

extension PeftModel {
  /// Which modules are updated, which are not and why, and what every entry of the configuration
  /// hits; as a text.
  ///
  /// - Parameters:
  ///   - listsAll: Whether a table has a line for every module, also for those without parameters;
  ///     otherwise repeated layers are one line. JSON and CSV always list all.
  ///   - isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func matchReport(
    as format: ReportFormat, listsAll: Bool = false, isStyled: Bool = false
  ) throws -> String {
    switch format {
    case .table:
      "\(matchHeading)\n\n\(entryTable.text(isStyled: isStyled))\n"
        + matchTable(listsAll: listsAll).text(isStyled: isStyled)
    case .markdown:
      "\(matchHeading)\n\n\(entryTable.markdown)\n\(matchTable(listsAll: listsAll).markdown)"
    case .csv: matchRecords.csv
    case .json: try JSONText.text(of: .map(matchRecord))
    }
  }

  private var match: MatchReport { adapter.match }

  private var matchHeading: String {
    "\(budget.model) with \(budget.tuner): \(match.matched.count.grouped) of "
      + "\(match.modulePaths.count.grouped) modules updated, "
      + "\(budget.trainableParameters.grouped) trained parameters (\(budget.shortSettings))"
  }
}

// MARK: - For people

extension PeftModel {
  /// A row for each entry of the configuration that names modules.
  var entryTable: Table {
    Table(
      [
        Table.Column("entry"), Table.Column("of"), Table.Column("hits", .right),
        Table.Column("note"),
      ],
      rows: adapter.entryHits.map { hit in
        [hit.entry, hit.field, hit.count.grouped, hit.note]
      }
    ).withoutEmptyColumns
  }

  private struct Line {
    let module: Module
    let size: String
    let trained: Int?
    let reason: String
  }

  func matchTable(listsAll: Bool) -> Table {
    let folding = FoldedPaths(match.modulePaths)
    func rows(_ lines: [Line]) -> [[String]] {
      let groups = folding.groups(of: lines, path: \.module.path) { line in
        [line.module.kind.description, line.size, line.trained.map { "\($0)" } ?? "", line.reason]
          + (listsAll ? [line.module.path] : [])
      }
      return groups.compactMap { group in
        guard let line = group.elements.first else { return nil }
        let trained = line.trained.map { ($0 * group.elements.count).grouped }
        return [group.text, line.module.kind.description, line.size, trained ?? "", line.reason]
      }
    }
    let updated = zip(match.matched, budget.modules).map { module, cost in
      Line(
        module: module, size: "\(cost.outputs) × \(cost.inputs)", trained: cost.trainableParameters,
        reason: "")
    }
    let saved = match.saved.modules.map { module in
      Line(module: module, size: "", trained: count(within: module), reason: "")
    }
    let shown = match.unmatched.filter { listsAll || hasParameters($0.module) }
    let hidden = match.unmatched.count - shown.count
    var sections = [
      section("matched", rows(updated)),
      section("trained in full", rows(saved)),
      section("excluded", rows(match.excluded.map(Self.line))),
      section("unmatched", rows(shown.map(Self.line))),
    ].compactMap { $0 }
    if hidden > 0, let last = sections.last, last.title == "unmatched" {
      let note = "unmatched, but for \(hidden.grouped) without parameters (--all shows them)"
      sections[sections.count - 1] = Table.Section(note, rows: last.rows)
    }
    return Table(
      [
        Table.Column("module"), Table.Column("kind"), Table.Column("out × in", .right),
        Table.Column("trained", .right), Table.Column("why not"),
      ], sections: sections
    ).withoutEmptyColumns
  }

  private func section(_ title: String, _ rows: [[String]]) -> Table.Section? {
    rows.isEmpty ? nil : Table.Section(title, rows: rows)
  }

  private static func line(_ decided: MatchReport.Decided) -> Line {
    Line(module: decided.module, size: "", trained: nil, reason: decided.reason.description)
  }

  private func hasParameters(_ module: Module) -> Bool {
    !base.modules.ownParameters(of: module.path).isEmpty
  }

  /// A graph's entries are at most 2⁵³ together, so that this cannot overflow.
  private func count(within module: Module) -> Int {
    base.modules.parameters(within: module.path).reduce(0) { $0 + base[$1].count }
  }
}

// MARK: - For other programs

extension PeftModel {
  private var matchRecord: Record {
    [
      "model": .text(budget.model),
      "tuner": .text(budget.tuner),
      "settings": budget.record["settings"] ?? .null,
      "matched": Self.names(match.matched.map(\.path)),
      "excluded": Self.names(match.excluded.map(\.module.path)),
      "unmatched": Self.names(match.unmatched.map(\.module.path)),
      "saved": Self.names(match.saved.modules.map(\.path)),
      "reasons": .map(
        Record(
          uniqueKeysWithValues: (match.excluded + match.unmatched).map {
            ($0.module.path, .text($0.reason.description))
          })),
      "entries": .list(adapter.entryHits.map { .map($0.record) }),
      "warnings": warnings.configurationValue,
      "trainable_parameters": .integer(trainableParameters),
    ]
  }

  private static func names(_ paths: [String]) -> ConfigurationValue {
    paths.sorted().configurationValue
  }

  private var matchRecords: Table {
    let matched = budget.modules.map { module in
      var record = module.record
      record["decision"] = .text("matched")
      return record
    }
    let others = [("excluded", match.excluded), ("unmatched", match.unmatched)].flatMap {
      decision, modules in
      modules.map { decided -> Record in
        [
          "decision": .text(decision), "path": .text(decided.module.path),
          "kind": .text(decided.module.kind.description),
          "reason": .text(decided.reason.description),
        ]
      }
    }
    return Table(
      records: matched + others,
      columns: [
        "path", "kind", "decision", "reason", "outputs", "inputs", "trainable_parameters",
        "update_rank",
      ])
  }
}
