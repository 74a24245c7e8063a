import Testing

@testable import TunerKit

@Suite("Python's regular expressions") struct PythonPatternTests {
  /// A pattern, a text, and what Python 3.11 made of them.
  struct Row: Decodable, Sendable, CustomStringConvertible {
    struct Result: Decodable, Sendable {
      let start: Int?
      let end: Int?
      let groups: [String?]?
      let named: [String: String?]?
      let error: Bool?
    }
    let function: String
    let pattern: String
    let text: String
    let result: Result?

    var description: String { "\(function) \(quoted(pattern)) on \(quoted(text))" }
  }

  struct Rows: Decodable { let rows: [Row] }

  @Test("It answers as Python does, or says that it does not know")
  func agreesWithPython() throws {
    let rows = try Fixture.load("patterns.json", as: Rows.self).rows
    #expect(rows.count > 100)
    for row in rows { check(row) }
  }

  private func check(_ row: Row) {
    do throws(PatternError) {
      let pattern = try PythonPattern(row.pattern)
      let match =
        switch row.function {
        case "fullmatch": try pattern.wholeMatch(row.text)
        case "match": try pattern.startMatch(row.text)
        default: try pattern.firstMatch(in: row.text)
        }
      #expect(row.result?.error != true, "\(row): Python refuses it")
      guard let match else {
        #expect(row.result == nil || row.result?.error == true, "\(row): no match")
        return
      }
      let scalars = row.text.unicodeScalars
      let start = scalars.distance(from: scalars.startIndex, to: match.range.lowerBound)
      let end = scalars.distance(from: scalars.startIndex, to: match.range.upperBound)
      #expect(start == row.result?.start, "\(row): start")
      #expect(end == row.result?.end, "\(row): end")
      let groups = match.groups.map { $0.map { String(row.text[$0]) } }
      #expect(groups == row.result?.groups, "\(row): groups")
      for (name, text) in row.result?.named ?? [:] {
        #expect(match[name].map { String(row.text[$0]) } == text, "\(row): group \(name)")
      }
    } catch {
      if case .unsupported = error.reason { return }
      #expect(row.result?.error == true, "\(row): \(error)")
    }
  }
}
