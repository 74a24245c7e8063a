import OrderedCollections
import PeftBasics
public import PeftReports
import TunerKit

extension AdapterPlan {
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
    case .latex:
      "\(entryTable.latex)\n\(matchTable(listsAll: listsAll).latex)"
    case .csv: matchRecords.csv
    case .json: JSONValue.map(matchRecord).report
    }
  }

  private var match: MatchReport { adapter.match }

  private var matchHeading: String {
    "\(budget.model) with \(budget.tuner): \(match.matched.count.grouped) of "
      + "\(match.modulePaths.count.grouped) modules updated, "
      + "\(budget.trainableParameters.grouped) trained parameters\n\(budget.shortSettings)"
  }
}

// MARK: - For people

extension AdapterPlan {
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
    var size = ""
    var trained: Int?

    var cells: [String] {
      [module.kind.description, size, trained.map(\.grouped) ?? ""]
    }
  }

  /// The modules under what was decided about them.
  func matchTable(listsAll: Bool) -> Table {
    let updated = zip(match.matched, budget.modules).map { module, cost in
      Line(
        module: module, size: "\(cost.outputs) × \(cost.inputs)", trained: cost.trainableParameters)
    }
    let saved = match.saved.modules.map { Line(module: $0, trained: count(within: $0)) }
    let savedPaths = Set(saved.map(\.module.path))
    let excluded = match.excluded.filter { !savedPaths.contains($0.module.path) }
    let shown = match.unmatched.filter { listsAll || hasParameters($0.module) }
    let hidden = match.unmatched.count - shown.count
    let sections =
      [("matched", updated), ("trained in full", saved)]
      + Self.byReason(excluded)
      + Self.byReason(shown).map { ("unmatched: \($0)", $1) }
    let folding = FoldedPaths(match.modulePaths)
    let rest = "unmatched: \(hidden.grouped) more, without parameters"
    return Table(
      [
        Table.Column("module"), Table.Column("kind"), Table.Column("out × in", .right),
        Table.Column("trained", .right),
      ],
      sections: sections.filter { !$0.1.isEmpty }.map { title, lines in
        Table.Section(title, rows: rows(lines, folding: listsAll ? nil : folding))
      } + (hidden > 0 ? [Table.Section(rest)] : []))
  }

  /// One row a module, or one for those of repeated layers that are alike.
  private func rows(_ lines: [Line], folding: FoldedPaths?) -> [[String]] {
    guard let folding else { return lines.map { [$0.module.path] + $0.cells } }
    return folding.groups(of: lines, path: \.module.path, alike: \.cells).compactMap { group in
      guard var line = group.elements.first else { return nil }
      line.trained = line.trained.map { $0 * group.elements.count }
      return [group.text] + line.cells
    }
  }

  private static func byReason(
    _ modules: [MatchReport.Decided]
  ) -> [(String, [Line])] {
    OrderedDictionary(grouping: modules) { decided in
      // One heading for all layers that are not chosen.
      if case .wrongLayer = decided.reason {
        "in a layer that layers_to_transform does not choose"
      } else {
        decided.reason.description
      }
    }.map { ($0, $1.map { Line(module: $0.module) }) }
  }

  private func hasParameters(_ module: Module) -> Bool {
    !prepared.modules.ownParameters(of: module.path).isEmpty
  }

  /// A graph's entries are at most 2⁵³ together, so that this cannot overflow.
  private func count(within module: Module) -> Int {
    prepared.modules.parameters(within: module.path).reduce(0) { $0 + prepared[$1].count }
  }
}

// MARK: - For other programs

extension AdapterPlan {
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
