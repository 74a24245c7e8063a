import OrderedCollections
import PeftBasics
public import PeftReports

extension DataPreview {
  /// The preview as a text. In a table for people, what counts for the loss stands between `[[` and `]]`.
  /// - Parameter isStyled: Whether a table's headings stand out, by a terminal's codes.
  public func report(as format: ReportFormat, isStyled: Bool = false) throws -> String {
    let tables = [summary, classTable, lengthTable].compactMap { $0 }
    return switch format {
    case .table:
      try (examples.map(text) + tables.map { $0.text(isStyled: isStyled) }).joined(separator: "\n")
    case .markdown: tables.map(\.markdown).joined(separator: "\n")
    case .latex: tables.map(\.latex).joined(separator: "\n")
    case .csv: lengthCSV
    case .json: JSONValue.map(try record).report
    }
  }

  // MARK: For people

  private func text(of example: Example) throws -> String {
    let counted = example.counts.count { $0 }
    var title = "\(example.place) · \(example.tokens.count.counted("token"))"
    if !example.counts.isEmpty { title += ", \(counted.grouped) count" }
    var lines = [title, "  \(try marked(example).printable)"]
    switch example.label {
    case .name(let name): lines.append("  label: \(name.printable)")
    case .numbers(let numbers):
      lines.append("  label: \(numbers.map { JSONValue.number($0).short }.joined(separator: ", "))")
    case .answer(let ids): lines.append("  answer: [[\(try decoded(ids).printable)]]")
    case nil: break
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The text of an example, what counts in brackets; ids where there is no tokenizer.
  private func marked(_ example: Example) throws -> String {
    guard !example.counts.isEmpty else { return try decoded(example.tokens) }
    var text = ""
    var start = 0
    for end in 1...example.tokens.count
    where end == example.tokens.count || example.counts[end] != example.counts[start] {
      let part = try decoded(Array(example.tokens[start..<end]))
      text += example.counts[start] ? "[[\(part)]]" : part
      start = end
    }
    return text
  }

  private func decoded(_ ids: [Int]) throws -> String {
    try tokenizer?.decode(ids, skippingSpecialTokens: false)
      ?? ids.map(String.init).joined(separator: " ")
  }

  private var summary: Table {
    let both = [training] + (evaluation.map { [$0] } ?? [])
    func row(_ name: String, _ value: (RowCounts) -> String?) -> [String] {
      [name] + both.map { value($0) ?? "" }
    }
    func unless(_ count: Int, _ isNone: Int = 0) -> String? {
      count == isNone ? nil : count.grouped
    }
    func ifTexts(_ rows: RowCounts, _ value: String) -> String? {
      rows.longest == nil ? nil : value
    }
    var rows = [
      row("rows") { $0.rowCount.grouped },
      row("looked at") { $0.lookedAt == $0.rowCount ? nil : $0.lookedAt.grouped },
      row("used") { $0.used.grouped },
      row("left out: no label counts") { unless($0.leftOut) },
      row("left out: cannot be used") { unless($0.unusable.count) },
      row("truncated to \(sequenceLength.grouped) tokens") { unless($0.truncated) },
      row("tokens") { ifTexts($0, $0.tokenCount.grouped) },
      row("labels that count") { $0.countedEntries > 0 ? $0.countedEntries.grouped : nil },
      row("longest row") { $0.longest?.grouped },
      row("median") { ifTexts($0, $0.median.grouped) },
      row("mean") { ifTexts($0, $0.mean.fixed(1)) },
    ]
    if let paddingShare {
      rows.append(["padding in batches", "\((100 * paddingShare).fixed(1)) %"])
    }
    let columns =
      [Table.Column(task), Table.Column("training", .right)]
      + (evaluation == nil ? [] : [Table.Column("evaluation", .right)])
    return Table(
      columns, rows: rows.filter { row in row.dropFirst().contains { !$0.isEmpty } })
  }

  private var classTable: Table? {
    guard !training.classes.isEmpty else { return nil }
    let names = training.classes.keys.union(evaluation?.classes.keys ?? [])
    func count(_ name: String, _ rows: RowCounts) -> String { (rows.classes[name] ?? 0).grouped }
    let columns =
      [Table.Column("class"), Table.Column("training", .right)]
      + (evaluation == nil ? [] : [Table.Column("evaluation", .right)])
    return Table(
      columns,
      rows: names.map { name in
        [name, count(name, training)] + (evaluation.map { [count(name, $0)] } ?? [])
      })
  }

  /// Rows by length, with a bar each.
  private var lengthTable: Table? {
    let steps = training.histogram
    guard let most = steps.map(\.rows).max(), most > 0 else { return nil }
    let width = 40
    return Table(
      [Table.Column("tokens", .right), Table.Column("rows", .right), Table.Column("")],
      rows: steps.map { step in
        let cells = (step.rows * width + most - 1) / most
        return [
          "≤ \(step.upTo.grouped)", step.rows.grouped, String(repeating: "█", count: cells),
        ]
      })
  }

  // MARK: For programs

  private var lengthCSV: String {
    Table(
      [Table.Column("up_to_tokens"), Table.Column("rows")],
      rows: training.histogram.map { ["\($0.upTo)", "\($0.rows)"] }
    ).csv
  }

  private var record: Record {
    get throws {
      var record: Record = [
        "task": .text(task), "sequence_length": .integer(sequenceLength),
        "training": .map(training.record),
        "evaluation": evaluation.map { .map($0.record) } ?? .null,
        "padding_share": paddingShare.map(JSONValue.number) ?? .null,
      ]
      record["examples"] = .list(try examples.map { .map(try self.record(of: $0)) })
      return record
    }
  }

  private func record(of example: Example) throws -> Record {
    var record: Record = [
      "place": .text(example.place), "text": .text(try decoded(example.tokens)),
      "tokens": .list(example.tokens.map(JSONValue.integer)),
    ]
    if !example.counts.isEmpty { record["counts"] = .list(example.counts.map(JSONValue.bool)) }
    switch example.label {
    case .name(let name): record["label"] = .text(name)
    case .numbers(let numbers): record["label"] = .list(numbers.map(JSONValue.number))
    case .answer(let ids):
      record["answer"] = .text(try decoded(ids))
      record["answer_tokens"] = .list(ids.map(JSONValue.integer))
    case nil: break
    }
    return record
  }
}

extension RowCounts {
  fileprivate var record: Record {
    var record: Record = [
      "rows": .integer(rowCount), "looked_at": .integer(lookedAt), "used": .integer(used),
      "no_label_counts": .integer(leftOut), "unusable": .integer(unusable.count),
      "mistakes": .list(unusable.mistakes.map { .text($0.summary) }),
      "truncated": .integer(truncated), "tokens": .integer(tokenCount),
      "labels_that_count": .integer(countedEntries),
    ]
    if let longest {
      record["longest"] = .integer(longest)
      record["median"] = .integer(median)
      record["mean"] = .number(mean)
    }
    record["lengths"] = .list(
      histogram.map { ["up_to": .integer($0.upTo), "rows": .integer($0.rows)] })
    record["classes"] = .map(classes.mapValues(JSONValue.integer))
    return record
  }
}
