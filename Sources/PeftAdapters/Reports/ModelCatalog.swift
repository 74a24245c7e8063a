public import ModelDescription
import PeftBasics
public import PeftReports
import TunerKit

/// The models that come with the library, each with its size and a line about it.
public struct ModelCatalog: Sendable {
  public struct Entry: Hashable, Sendable {
    public let name: String
    /// Hugging Face's name for the family.
    public let modelType: String?
    public let parameters: Int
    public let summary: String?
  }

  public let entries: [Entry]

  /// Builds every model's graph, to count it.
  /// - Throws: `DescriptionError` or `DescriptionErrors` where a bundled description is wrong.
  public init(_ names: [String] = BundledModels.names) throws {
    entries = try names.map { name in
      let description = try ModelDescription(name)
      return Entry(
        name: name, modelType: description.modelType,
        parameters: try description.graph().entryCount, summary: description.summary)
    }
  }

  public func report(as format: ReportFormat, isStyled: Bool = false) throws -> String {
    let records = entries.map { entry -> Record in
      [
        "model": .text(entry.name),
        "model_type": entry.modelType.map { .text($0) } ?? .null,
        "parameters": .integer(entry.parameters),
        "summary": entry.summary.map { .text($0) } ?? .null,
      ]
    }
    let table = Table(
      [
        Table.Column("model"), Table.Column("parameters", .right), Table.Column("about"),
      ],
      rows: entries.map { [$0.name, $0.parameters.grouped, $0.firstSentence] })
    return switch format {
    case .table: table.text(isStyled: isStyled)
    case .markdown: table.markdown
    case .latex: table.latex
    case .csv:
      Table(records: records, columns: ["model", "model_type", "parameters", "summary"]).csv
    case .json: JSONValue.list(records.map { .map($0) }).report
    }
  }
}

extension ModelCatalog.Entry {
  /// What a line of a table has room for.
  fileprivate var firstSentence: String {
    guard let summary, let end = summary.firstRange(of: ". ") else { return summary ?? "" }
    return summary[..<end.lowerBound] + "."
  }
}
