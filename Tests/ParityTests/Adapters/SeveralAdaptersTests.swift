import Peft
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

  private struct Manifest: Decodable {
    let cases: [RecordedRows]
  }

  static func all() throws -> [RecordedRows] {
    let manifest: Manifest = try Recorded.decode("rows/manifest.json")
    return manifest.cases
  }

  var testDescription: String { file }

  func model() throws -> PeftModel {
    var model = PeftModel(try Model(RecordedRun.checkpoints.appending(path: checkpoint).path))
    for (name, path) in adapters.sorted(by: { $0.key < $1.key }) {
      try model.loadAdapter(Recorded.folder.appending(path: path).path, as: name)
    }
    return model
  }

  func recordedCase() throws -> RecordedCase {
    try RecordedCase(
      path: Recorded.folder.appending(path: "rows/\(file)").path, comparesAll: compare == "all")
  }
}

@Suite("Several adapters") struct SeveralAdaptersTests {
  static let cases = (try? RecordedRows.all()) ?? []

  @Test("Rows with adapters of their own", arguments: cases.filter { $0.rows != nil })
  func rows(recorded: RecordedRows) throws {
    let item = try recorded.recordedCase()
    let answer = try recorded.model()(item.inputs, adapterNames: recorded.rows ?? [])
    #expect(item.distance(of: answer) <= RecordedAdapter.tolerance)
  }

  @Test("Active adapters add up", arguments: cases.filter { $0.active != nil })
  func together(recorded: RecordedRows) throws {
    var model = try recorded.model()
    try model.setAdapters(recorded.active ?? [])
    let item = try recorded.recordedCase()
    let distance = item.distance(of: try model(item.inputs))
    // In PEFT a DoRA scales what the adapters before it have added, and a wider RandLora takes the first
    // one's bases.
    let isOrderly = recorded.accident == nil && !recorded.file.contains("dora-last")
    #expect(isOrderly ? distance <= RecordedAdapter.tolerance : distance > 1e-3)
  }
}
