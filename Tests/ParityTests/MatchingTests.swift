import Peft
import PeftTestSupport
import Testing

/// Generated configurations on bundled models of two to four layers, from the description to the
/// count.
@Suite("What PEFT adapts, saves, trains and refuses") struct MatchingTests {
  @Test(
    "Every family", arguments: try Fixture.names(in: "matching").exactly(20, "families"))
  func family(name: String) throws {
    try check(
      Fixture.rows("matching/\(name).json", at: "rows", as: MatchingRow.self, exactly: 138))
  }

  @Test("Models of convolutions, which RandLora refuses")
  func convolutions() throws {
    let rows = try Fixture.rows(
      "matching_convolutions.json", at: "rows", as: MatchingRow.self, exactly: 48)
    try check(rows)
  }

  private func check(_ rows: [MatchingRow]) throws {
    var graphs: [String: Graph] = [:]
    var differences: [String] = []
    for row in rows {
      let key = "\(row.model) \(row.layers)"
      let graph =
        try graphs[key]
        ?? ModelDescription(row.model, setting: [("layers", "\(row.layers)")]).graph()
      graphs[key] = graph
      differences += row.differences(on: graph).map { "\(row.settings) on \(key): \($0)" }
    }
    #expect(differences.isEmpty, "\(summary(of: differences, among: rows.count))")
  }
}
