import OrderedCollections
import PeftBasics
public import PeftReports
public import TunerKit

/// What the tuners of a registry are and which settings they take, from their own declarations.
public struct TunerHelpPages: Sendable {
  private let registry: TunerRegistry

  public init(_ registry: TunerRegistry) { self.registry = registry }

  /// All tuners, each with the kinds of module it updates.
  public func list(as format: ReportFormat, isStyled: Bool = false) throws -> String {
    let records = registry.all.map { Self.record(of: $0) }
    return try Self.text(
      records, ["tuner", "updates", "rank", "settings"], as: format, isStyled: isStyled)
  }

  /// The settings of one tuner.
  /// - Throws: `TunerRegistryError.unknown`.
  public func fields(
    ofTuner name: String, as format: ReportFormat, isStyled: Bool = false
  ) throws -> String {
    try Self.fields(of: registry.tuner(named: name), as: format, isStyled: isStyled)
  }

  private static func record<Method: Tuner>(of tuner: Method.Type) -> Record {
    let fields = Method.Configuration.fields
    let rank = Method.Configuration().rankValues
    return [
      "tuner": .text(Method.name.lowercased()),
      "updates": .list(Method.supportedKinds.map { .text($0.description) }),
      "rank": .text(rank.map { "\($0.key)=\($0.value.short)" }.joined(separator: ", ")),
      "settings": .integer(fields.count(where: \.isSupported)),
    ]
  }

  private static func fields<Method: Tuner>(
    of tuner: Method.Type, as format: ReportFormat, isStyled: Bool
  ) throws -> String {
    let defaults = Method.Configuration().values
    let records = Method.Configuration.fields.map { field -> Record in
      [
        "field": .text(field.name),
        "default": defaults[field.name] ?? .null,
        "accepts": .text(field.expectation),
        "meaning": .text(field.summary),
        "supported": .bool(field.isSupported),
      ]
    }
    guard format == .table || format == .markdown else {
      return try text(
        records, ["field", "default", "accepts", "meaning", "supported"], as: format,
        isStyled: isStyled)
    }
    let own = Set(Method.Configuration.ownFields.map(\.name))
    let supported = records.filter { $0["supported"] == .bool(true) }
    func isOwn(_ record: Record) -> Bool { own.contains(record["field"]?.short ?? "") }
    let sections = [
      ("settings of \(Method.name.lowercased())", supported.filter(isOwn)),
      ("settings of every tuner", supported.filter { !isOwn($0) }),
      (
        "not supported yet: only the default is accepted",
        records.filter { $0["supported"] == .bool(false) }
      ),
    ].filter { !$0.1.isEmpty }
    return format == .table
      ? Table(
        ["setting", "default", "meaning"].map { Table.Column($0) },
        sections: sections.map { Table.Section($0, rows: $1.flatMap(lines)) }
      ).text(isStyled: isStyled)
      : Table(
        ["setting", "default", "meaning", "accepts"].map { Table.Column($0) },
        sections: sections.map { Table.Section($0, rows: $1.map(cells)) }
      ).markdown
  }

  private static func cells(_ record: Record) -> [String] {
    ["field", "default", "meaning", "accepts"].map { record[$0]?.short ?? "" }
  }

  /// A field on two lines, so that it fits a terminal: what it accepts comes below what it means.
  private static func lines(_ record: Record) -> [[String]] {
    let cells = cells(record)
    let isSupported = record["supported"] == .bool(true)
    return [Array(cells.prefix(3))] + (isSupported ? [["", "", "  \(cells[3])"]] : [])
  }

  private static func text(
    _ records: [Record], _ names: [String], as format: ReportFormat, isStyled: Bool
  ) throws -> String {
    func table() -> Table {
      Table(
        names.map { Table.Column($0) },
        rows: records.map { record in
          names.map { name in
            guard case .list(let list)? = record[name] else { return record[name]?.short ?? "" }
            return list.map(\.short).joined(separator: ", ")
          }
        })
    }
    return switch format {
    case .table: table().text(isStyled: isStyled)
    case .markdown: table().markdown
    case .latex: table().latex
    case .csv: Table(records: records, columns: names).csv
    case .json: JSONValue.list(records.map { .map($0) }).report
    }
  }
}
