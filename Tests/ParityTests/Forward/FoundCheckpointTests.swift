import Peft
import PeftTestSupport
import Testing

/// `Tests/Fixtures/generate/found.py` made the checkpoints and their answers.
@Suite("Checkpoints as they are found") struct FoundCheckpointTests {
  struct Found: Decodable, Sendable, CustomTestStringConvertible {
    let folder: String
    let warnings: [String]

    var path: String { Fixture.path("found/\(folder)") }
    var testDescription: String { folder }

    func recordedCase() throws -> RecordedCase {
      try RecordedCase(path: "\(path)/case.safetensors", comparesAll: true)
    }
  }

  static func all() throws -> [Found] {
    try Fixture.rows("found/manifest.json", at: "folders", exactly: 61)
  }

  @Test("A checkpoint answers as in transformers, with its warnings", arguments: try all())
  func answers(found: Found) throws {
    let model = try Model(found.path)
    let item = try found.recordedCase()
    #expect(!item.outputs.isEmpty)
    #expect(item.distance(of: try model(item.inputs)) <= 5e-6)
    #expect(model.warnings.count == found.warnings.count, "\(model.warnings)")
    for words in found.warnings {
      #expect(model.warnings.contains { $0.contains(words) }, "\(words)")
    }
  }

  @Test(
    "A head of its own stays one through merging, and the written folder answers as base and adapter do",
    arguments: [
      "own-llama", "own-t5", "own-bert", "own-distilbert", "equal-head", "head-only",
      "head-only-bare",
    ])
  func merged(folder: String) throws {
    let found = try #require(try Self.all().first { $0.folder == folder })
    let temporary = try TemporaryFolder()
    let inputs = try found.recordedCase().inputs
    let description = try ModelDescription(found.path)
    let head = try #require(description.graph().origin.outputEmbedding)
    let merged = try MergedCheckpoint(description) { base in
      let tuner = LoraConfig(r: 2, targetModules: [head], loraAlpha: 16, initLoraWeights: .random)
      return [try AdapterWeights(Adapter(tuner, for: base.graph), on: base, seed: 3)]
    }
    try merged.write(to: temporary.path("merged"))
    let expected = try merged.base.adapted(by: merged.adapters)(inputs)
    let written = try Model(temporary.path("merged"))(inputs)
    #expect(OutputDifference(written, expected).relative < 2e-6)
    #expect(OutputDifference(try merged.base(inputs), expected).relative > 1e-3)
  }

  @Test("What an encoder's files lack is left out, and named where it is asked for")
  func unpooled() throws {
    let found = try #require(try Self.all().first { $0.folder == "unpooled-bert" })
    let model = try Model(found.path)
    let item = try found.recordedCase()
    #expect(try model(item.inputs).keys.sorted() == ["last_hidden_state"])
    #expect(
      message { _ = try model(item.inputs, outputs: ["pooler_output"]) } == """
        the model has no output 'pooler_output'
          fix: choose from last_hidden_state
        """)
    // An adapter on all modules adapts what is there, and can be merged.
    let temporary = try TemporaryFolder()
    let merged = try MergedCheckpoint(ModelDescription(found.path)) { base in
      let tuner = LoraConfig(r: 2, targetModules: .allLinear, initLoraWeights: .random)
      return [try AdapterWeights(Adapter(tuner, for: base.graph), on: base, seed: 3)]
    }
    #expect(!merged.changedParameters.contains { $0.hasPrefix("pooler") })
    let difference = try merged.write(to: temporary.path("merged"), isChecked: true)
    #expect(try #require(difference).relative < 1e-5)
  }

  @Test("Parts of a fused tensor are merged by themselves")
  func fused() throws {
    let found = try #require(try Self.all().first { $0.folder == "dinov2-gated" })
    let temporary = try TemporaryFolder()
    let merged = try MergedCheckpoint(ModelDescription(found.path)) { base in
      let tuner = LoraConfig(r: 2, targetModules: ["up_proj"], initLoraWeights: .random)
      return [try AdapterWeights(Adapter(tuner, for: base.graph), on: base, seed: 3)]
    }
    let difference = try merged.write(to: temporary.path("merged"), isChecked: true)
    #expect(try #require(difference).relative < 1e-5)
    let names = try Checkpoint(path: temporary.path("merged")).names
    #expect(!names.contains { $0.contains("weights_in.weight") })
    #expect(names.contains("encoder.layer.0.mlp.gate_proj.weight"))
  }
}
