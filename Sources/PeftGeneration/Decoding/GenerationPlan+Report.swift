import PeftBasics
public import PeftReports

extension [GenerationPlan] {
  /// The plans as a text, one for each name.
  /// - Parameters:
  ///   - names: Of the plans: tuners, or the model.
  ///   - isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(
    of model: String, names: [String], as format: ReportFormat, isStyled: Bool = false
  ) -> String {
    switch format {
    case .table: return table(model, names).text(isStyled: isStyled)
    case .markdown: return table(model, names).markdown
    case .latex: return table(model, names).latex
    case .csv:
      let records = records(model, names)
      return Table(records: records, columns: records.first.map { [String]($0.keys) } ?? []).csv
    case .json: return JSONValue.list(records(model, names).map { .map($0) }).report
    }
  }

  private func table(_ model: String, _ names: [String]) -> Table {
    let rows: [(String, (GenerationPlan) -> String)] = [
      ("model", { $0.modelBytes.asBytes }),
      ("summed weights", { $0.sumBytes == 0 ? "" : $0.sumBytes.asBytes }),
      ("keys and values", { $0.cacheBytes.asBytes }),
      ("working memory", { $0.workingBytes.asBytes }),
      ("scratch and tables", { $0.scratchBytes.asBytes }), ("total", { $0.totalBytes.asBytes }),
      ("FLOPs of the prompts", { $0.promptWork.operations.asOperations }),
      ("FLOPs a token", { $0.tokenWork.operations.asOperations }),
      ("bytes read a token", { Int($0.tokenWork.bytes).asBytes }),
    ]
    let heading = first.map {
      "\(model) · \($0.rows) × \($0.promptTokens) tokens and \($0.settings.maxNewTokens) new ones"
        + ($0.settings.beams > 1 ? ", \($0.settings.beams) beams" : "")
    }
    return Table(
      [Table.Column("")] + names.map { Table.Column($0, .right) },
      sections: [
        Table.Section(
          heading,
          rows: rows.map { name, cell in [name] + map(cell) }
            .filter { $0.dropFirst().contains { !$0.isEmpty } })
      ])
  }

  private func records(_ model: String, _ names: [String]) -> [Record] {
    zip(self, names).map { plan, name in
      [
        "model": .text(model), "name": .text(name), "batch": .integer(plan.rows),
        "prompt_tokens": .integer(plan.promptTokens),
        "max_new_tokens": .integer(plan.settings.maxNewTokens),
        "beams": .integer(plan.settings.beams), "model_bytes": .integer(plan.modelBytes),
        "summed_weight_bytes": .integer(plan.sumBytes), "cache_bytes": .integer(plan.cacheBytes),
        "working_bytes": .integer(plan.workingBytes),
        "scratch_bytes": .integer(plan.scratchBytes), "total_bytes": .integer(plan.totalBytes),
        "prompt_flops": .integer(Int(plan.promptWork.operations)),
        "token_flops": .integer(Int(plan.tokenWork.operations)),
      ]
    }
  }
}
