import Peft
import PeftBasics
import PeftTestSupport
import Testing

/// An adapter that PEFT saved, and what its model answered; see `Tests/Fixtures/generate/adapted.py`.
struct RecordedAdapter: Decodable, Sendable, CustomTestStringConvertible {
  let folder: String
  let checkpoint: String
  let compare: String
  let trainable: Int
  let kind: String

  static func all() throws -> [RecordedAdapter] {
    try Fixture.rows("adapted/manifest.json", at: "folders", exactly: 185)
  }

  static func named(_ folder: String) throws -> RecordedAdapter {
    try #require(try all().first { $0.folder == folder }, "\(folder)")
  }

  static let tolerance = 2e-5

  /// The first module to which the adapter adds a bias where the model has none: it cannot be merged.
  var biasWithoutPlace: String? {
    folder == "llama-lora-lora-bias" ? "model.layers.0.self_attn.q_proj" : nil
  }

  var path: String { Fixture.path("adapted/\(folder)") }
  var testDescription: String { folder }

  func base() throws -> Model {
    try Fixture.checkpoint(checkpoint)
  }

  func recordedCase() throws -> RecordedCase {
    try RecordedCase(path: "\(path)/case.safetensors", comparesAll: compare == "all")
  }
}

@Suite("Running adapters") struct AdaptedForwardTests {
  @Test("A saved adapter answers as PEFT does", arguments: try RecordedAdapter.all())
  func parity(adapter: RecordedAdapter) throws {
    let model = try AdapterFolder(adapter.path).applied(to: adapter.base())
    let item = try adapter.recordedCase()
    // The recorded updates are random and large, which magnifies rounding: PEFT's answers, too, are
    // up to 6e-6 from 64-bit ones.
    #expect(item.distance(of: try model(item.inputs)) <= RecordedAdapter.tolerance)
  }

  @Test("The adapter matters: without it the answer is another one")
  func adapterMatters() throws {
    for adapter in try RecordedAdapter.all() {
      let item = try adapter.recordedCase()
      #expect(item.distance(of: try adapter.base()(item.inputs)) > 1e-2, "\(adapter.folder)")
    }
  }

  @Test(
    "A fresh adapter changes nothing",
    arguments: ["gpt2", "llama-grouped", "bert-classifier", "t5", "vit-classifier"])
  func freshAdapter(folder: String) throws {
    let base = try Fixture.checkpoint(folder)
    let item = try #require(try RecordedRun.named(folder).recordedCases().last)
    let expected = try base(item.inputs).mapValues { $0.floats() }
    func answer(_ configuration: some TunerConfiguration) throws -> [String: [Float]] {
      let adapter = try Adapter(configuration, for: base.graph)
      return try base.adapted(by: adapter)(item.inputs).mapValues { $0.floats() }
    }
    #expect(try answer(LoraConfig(r: 4, targetModules: .allLinear)) == expected)
    var config = RandLoraConfig(r: 7, targetModules: .allLinear)
    #expect(try answer(config) == expected)
    config.sparse = true
    #expect(try answer(config) == expected)
  }
}
