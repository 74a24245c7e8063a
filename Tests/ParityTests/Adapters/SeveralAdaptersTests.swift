import Peft
import PeftTestSupport
import Testing

/// Answers with an adapter for each row, or with several at once; see
/// `Tests/Fixtures/generate/rows.py`.
struct RecordedRows: Decodable, Sendable, CustomTestStringConvertible {
  let adapters: [String: String]
  let checkpoint: String
  let compare: String
  let file: String
  let rows: [String]?
  let active: [String]?
  /// What PEFT gets wrong here.
  let accident: String?

  static func all() throws -> [RecordedRows] {
    try Fixture.rows("rows/manifest.json", at: "cases", exactly: 15)
  }

  var testDescription: String { file }

  func model() throws -> PeftModel {
    var model = PeftModel(try Fixture.checkpoint(checkpoint))
    for (name, path) in adapters.sorted(by: { $0.key < $1.key }) {
      try model.loadAdapter(Fixture.path(path), as: name)
    }
    return model
  }

  func recordedCase() throws -> RecordedCase {
    try RecordedCase(path: Fixture.path("rows/\(file)"), comparesAll: compare == "all")
  }
}

@Suite("Several adapters") struct SeveralAdaptersTests {
  @Test(
    "Rows with adapters of their own",
    arguments: try RecordedRows.all().filter { $0.rows != nil }.exactly(7, "cases"))
  func rows(recorded: RecordedRows) throws {
    let item = try recorded.recordedCase()
    let answer = try recorded.model()(item.inputs, adapterNames: #require(recorded.rows))
    #expect(item.distance(of: answer) <= RecordedAdapter.tolerance)
  }

  @Test(
    "Active adapters add up",
    arguments: try RecordedRows.all().filter { $0.active != nil }.exactly(8, "cases"))
  func together(recorded: RecordedRows) throws {
    var model = try recorded.model()
    try model.setAdapters(#require(recorded.active))
    let item = try recorded.recordedCase()
    let distance = item.distance(of: try model(item.inputs))
    // In PEFT a DoRA scales what the adapters before it have added, and a wider RandLora takes the first
    // one's bases.
    let isOrderly = recorded.accident == nil && !recorded.file.contains("dora-last")
    #expect(isOrderly ? distance <= RecordedAdapter.tolerance : distance > 1e-3)
  }
}
