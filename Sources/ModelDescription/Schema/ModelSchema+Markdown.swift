extension ModelSchema {
  /// The same declarations for people: a table of a description's keys, and one of all steps.
  public static func markdown() -> String { "\(keyTable)\n\(stepTable)" }

  static var keyTable: String {
    let rows = DescriptionDocument.keys.map { key, summary in ["`\(key)`", summary] }
    return table(["key", "meaning"], rows)
  }

  static var stepTable: String {
    let rows = StepCatalog.all.map { step in
      let attributes = step.attributes.sorted { $0.name < $1.name }.map { attribute in
        let name = attribute.isRequired ? "**`\(attribute.name)`**" : "`\(attribute.name)`"
        return "\(name): \(attribute.summary)"
      }
      return ["`\(step.name)`", step.summary, attributes.joined(separator: "<br>")]
    }
    return table(["operator", "what it does", "attributes"], rows)
  }

  /// A table whose rows are in the order of their first cells.
  private static func table(_ header: [String], _ rows: [[String]]) -> String {
    let lines =
      [line(header), "|" + String(repeating: "---|", count: header.count)]
      + rows.sorted { $0[0] < $1[0] }.map(line)
    return lines.map { $0 + "\n" }.joined()
  }

  private static func line(_ cells: [String]) -> String {
    cells.reduce("|") { $0 + ($1.isEmpty ? " |" : " \($1) |") }
  }
}
