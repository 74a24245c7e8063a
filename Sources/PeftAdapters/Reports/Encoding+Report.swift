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
    func record(_ token: Token) -> Record {
      [
        "id": .integer(token.id), "token": .text(token.text), "text": .text(covered(token)),
        "start": .integer(token.range.lowerBound), "end": .integer(token.range.upperBound),
      ]
    }
    switch format {
    case .table, .markdown, .latex:
      let table = Table(
        [Table.Column("id", .right), Table.Column("token"), Table.Column("text")],
        rows: tokens.map { ["\($0.id)", $0.text.visible, covered($0).visible] })
      switch format {
      case .markdown: return table.markdown
      case .latex: return table.latex
      default: return table.text(isStyled: isStyled)
      }
    case .json:
      var writer = JSONWriter(.report)
      writer.list { writer in
        for token in tokens { writer.element(.map(record(token))) }
      }
      return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    case .csv:
      let names = ["id", "token", "text", "start", "end"]
      let rows = tokens.map { token in
        [
          "\(token.id)", token.text, covered(token), "\(token.range.lowerBound)",
          "\(token.range.upperBound)",
        ]
      }
      return Table(names.map { Table.Column($0) }, rows: rows).csv
    }
  }
}

extension String {
  /// This text with line ends and other control characters spelled out, and in quotes where it has
  /// spaces at an end, which a column would hide.
  fileprivate var visible: String {
    let text = printable
    let blank = UInt8(ascii: " ")
    return text.utf8.first == blank || text.utf8.last == blank ? "'\(text)'" : text
  }
}
