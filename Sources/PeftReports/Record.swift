package import OrderedCollections
package import PeftBasics

/// One row of a report as exact values under names: what JSON and CSV hold.
package typealias Record = OrderedDictionary<String, JSONValue>

extension Table {
  /// Records as rows for other programs: numbers as they are, lists and maps as JSON.
  package init(records: [Record], columns names: [String]) {
    self.init(
      names.map { Column($0) },
      rows: records.map { record in names.map { record[$0]?.cell ?? "" } })
  }
}

extension JSONValue {
  /// The value as a cell for other programs.
  package var cell: String {
    switch self {
    case .text(let text): text
    case .null: ""
    default: description
    }
  }

  /// The value as a JSON file, the same text every time.
  package var report: String { text(.report) + "\n" }

  /// The value as people write it on a command line: `16`, `[q_proj, v_proj]`, `all-linear`.
  package var short: String {
    switch self {
    case .text(let text): text
    case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
    case .list(let list): "[\(list.map(\.short).joined(separator: ", "))]"
    case .map(let map): "{\(map.map { "\($0): \($1.short)" }.joined(separator: ", "))}"
    default: description
    }
  }
}
