import ModelGraph
import OrderedCollections
import PeftBasics
public import PeftReports
public import PeftTokenizers
import TunerKit

extension Encoding {
  /// The tokens one a row: id, token, and the text it covers.
  /// - Parameter text: What was encoded.
  public func report(
    of text: String, as format: ReportFormat, isStyled: Bool = false
  ) throws -> String {
    let bytes = Array(text.utf8)
    func covered(_ token: Token) -> String {
      String(decoding: bytes[token.range], as: UTF8.self)
    }
    switch format {
    case .table, .markdown:
      let table = Table(
        [Table.Column("id", .right), Table.Column("token"), Table.Column("text")],
        rows: tokens.map { ["\($0.id)", $0.text.visible, covered($0).visible] })
      return format == .table ? table.text(isStyled: isStyled) : table.markdown
    case .json, .csv:
      let records = tokens.map { token -> Record in
        [
          "id": .integer(token.id), "token": .text(token.text), "text": .text(covered(token)),
          "start": .integer(token.range.lowerBound), "end": .integer(token.range.upperBound),
        ]
      }
      return format == .csv
        ? Table(records: records, columns: ["id", "token", "text", "start", "end"]).csv
        : JSONValue.list(records.map { .map($0) }).report
    }
  }
}

extension String {
  /// This text with line ends and other control characters spelled out, and in quotes where it has
  /// spaces at an end, which a column would hide.
  fileprivate var visible: String {
    let text = printable
    return text.first == " " || text.last == " " ? "'\(text)'" : text
  }
}
