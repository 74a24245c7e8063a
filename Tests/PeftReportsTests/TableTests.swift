import PeftBasics
import PeftReports
import Testing

@Suite("Table") struct TableTests {
  private let columns = [Table.Column("name"), Table.Column("count", .right)]

  @Test("Columns are as wide as their widest cell, and lines do not end in spaces")
  func alignment() {
    let table = Table(columns, rows: [["a", "1"], ["long name", "12,345"], ["b", ""]])
    #expect(
      table.text() == """
        name        count
        a               1
        long name  12,345
        b

        """)
  }

  @Test("A cell that nobody reads to its end takes no room in the other rows")
  func wideCell() {
    let wide = String(repeating: "\u{301}x", count: 5000)
    let table = Table(columns, rows: [[wide, "1"]] + Array(repeating: ["a", "2"], count: 1000))
    #expect(table.text().utf8.count < 2 * (wide.utf8.count + 1000 * 210))
    #expect(table.text().contains(wide))
  }

  @Test("Control characters are spelled out in tables and documents")
  func controls() {
    let table = Table(columns, rows: [["a\u{1B}[31m\u{9B}b", "1"]])
    for text in [table.text(), table.markdown] {
      #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{9B}" }, "\(text)")
    }
    #expect(table.text().contains("a\\u{1b}[31m\\u{9b}b"))
  }

  @Test("Sections stand under their titles, indented, a line apart")
  func sections() {
    let table = Table(
      columns,
      sections: [
        Table.Section("first", rows: [["a", "1"]]), Table.Section("second", rows: [["b", "2"]]),
      ])
    #expect(
      table.text() == """
          name  count
        first
          a         1

        second
          b         2

        """)
  }

  @Test("Headings are bold only where that is asked for")
  func style() {
    let table = Table(columns, sections: [Table.Section("first", rows: [["a", "1"]])])
    #expect(!table.text().contains("\u{1B}"))
    #expect(table.text(isStyled: true).hasPrefix("\u{1B}[1m  name  count\u{1B}[0m\n"))
  }

  @Test("A cell can neither break a line nor talk to the terminal")
  func control() {
    let table = Table([Table.Column("name")], rows: [["a\nb\u{1B}[31m"]])
    #expect(table.text() == "name\na\\u{a}b\\u{1b}[31m\n")
  }

  @Test("Short rows are filled up, long ones cut")
  func fitting() {
    let table = Table(columns, rows: [["a"], ["b", "2", "3"]])
    #expect(table.sections[0].rows == [["a", ""], ["b", "2"]])
  }

  @Test("Columns without a single cell are left out where that is asked for")
  func emptyColumns() {
    let table = Table(columns, rows: [["a", ""]]).withoutEmptyColumns
    #expect(table.text() == "name\na\n")
  }

  @Test("Markdown has a rule with the alignment, and escapes what it would take for its own")
  func markdown() {
    let table = Table(columns, rows: [["h.*.c_attn|x", "1"]])
    #expect(
      table.markdown == """
        | name | count |
        | --- | ---: |
        | h.\\*.c\\_attn\\|x | 1 |

        """)
  }

  @Test(
    "CSV cells are quoted where RFC 4180 says so",
    arguments: [
      ("plain", "plain"), ("", ""), (" space ", " space "), ("a,b", "\"a,b\""),
      ("say \"hi\"", "\"say \"\"hi\"\"\""), ("two\nlines", "\"two\nlines\""),
      ("cr\r\nlf", "\"cr\r\nlf\""), ("\"", "\"\"\"\""),
    ])
  func quoting(cell: String, written: String) {
    let table = Table([Table.Column("a"), Table.Column("b")], rows: [[cell, "1"]])
    #expect(table.csv == "a,b\r\n\(written),1\r\n")
  }

  @Test("LaTeX has the rules of booktabs, and shows every character as it is")
  func latex() {
    let table = Table(
      columns,
      sections: [
        Table.Section("50 % of {all}", rows: [["a_b & c\\d", "1"], ["[x] -- ~^#$", "± 2 × 3"]])
      ])
    #expect(
      table.latex == ##"""
        \begin{tabular}{lr}
        \toprule
        name & count \\
        \midrule
        \multicolumn{2}{l}{50 \% of \{all\}} \\
        a\_b \& c\textbackslash{}d & 1 \\
        {}[x] -{}- \textasciitilde{}\textasciicircum{}\#\$ & $\pm$ 2 $\times$ 3 \\
        \bottomrule
        \end{tabular}

        """##)
  }
}
