import Foundation
import Peft
import PeftTestSupport
import Testing

/// An adapter with more in its file than its configuration asks for, and what PEFT answered with it; see
/// `Tests/Fixtures/generate/found_adapters.py`.
struct FoundAdapter: Decodable, Sendable, CustomTestStringConvertible {
  let folder: String
  let checkpoint: String
  let compare: String
  /// The base's parameters that the file's take the place of.
  let replaced: [String]

  static func all() throws -> [FoundAdapter] {
    try Fixture.rows("found_adapters/manifest.json", at: "folders", exactly: 12)
  }

  var path: String { Fixture.path("found_adapters/\(folder)") }
  var testDescription: String { folder }

  func base() throws -> Model { try Fixture.checkpoint(checkpoint) }

  func recordedCase() throws -> RecordedCase {
    try RecordedCase(path: "\(path)/case.safetensors", comparesAll: compare == "all")
  }
}

@Suite("Adapters as they are found") struct FoundAdapterTests {
  @Test(
    "Weights of the base in an adapter's file count, as in PEFT", arguments: try FoundAdapter.all())
  func answers(found: FoundAdapter) throws {
    let base = try found.base()
    let weights = try AdapterFolder(found.path).weights(for: base)
    let item = try found.recordedCase()
    let answer = try base.adapted(by: [weights])(item.inputs)
    #expect(item.distance(of: answer) <= RecordedAdapter.tolerance)
    #expect(weights.baseParameters.sorted() == found.replaced)
    let words =
      "the adapter's file has weights of the base model, which take the place of its own as in PEFT: "
    #expect(weights.notes.count == (found.replaced.isEmpty ? 0 : 1))
    #expect(weights.notes.allSatisfy { $0.hasPrefix(words + found.replaced[0]) })
  }

  @Test("They are merged, into the files, too", arguments: try FoundAdapter.all())
  func merged(found: FoundAdapter) throws {
    let item = try found.recordedCase()
    let base = try found.base()
    let merged = try base.merged(with: [AdapterFolder(found.path).weights(for: base)])
    #expect(item.distance(of: try merged(item.inputs)) <= RecordedAdapter.tolerance)
  }

  @Test(
    "A checkpoint that they are merged into answers as the adapted model",
    arguments: try FoundAdapter.all().filter { !$0.replaced.isEmpty }.exactly(7, "adapters"))
  func written(found: FoundAdapter) throws {
    let place = try TemporaryFolder()
    let path = Fixture.path("checkpoints/\(found.checkpoint)")
    let folder = try AdapterFolder(found.path)
    let merged = try MergedCheckpoint(ModelDescription(path), for: [folder]) { base in
      [try folder.weights(for: base)]
    }
    try merged.write(to: place.path("merged"))
    let item = try found.recordedCase()
    let written = try Model(place.path("merged"))
    #expect(item.distance(of: try written(item.inputs)) <= RecordedAdapter.tolerance)
    let isUntied = found.folder == "gpt2-tied-head"
    #expect(merged.separatedParameters == (isUntied ? ["lm_head.weight"] : []))
  }

  @Test("Written again, they are in the file that PEFT reads", arguments: try FoundAdapter.all())
  func rewritten(found: FoundAdapter) throws {
    let place = try TemporaryFolder()
    let base = try found.base()
    try AdapterFolder(found.path).weights(for: base).write(
      to: place.path("again"), on: base.graph)
    let again = try AdapterFolder(place.path("again")).weights(for: base)
    #expect(again.baseParameters.sorted() == found.replaced)
    let item = try found.recordedCase()
    let answer = try base.adapted(by: [again])(item.inputs)
    #expect(item.distance(of: answer) <= RecordedAdapter.tolerance)
  }

  @Test("Converted to another rank, they are carried along")
  func converted() throws {
    let found = try #require(try FoundAdapter.all().first { $0.folder == "llama-norms" })
    let base = try found.base()
    let weights = try AdapterFolder(found.path).weights(for: base)
    let converted = try weights.convertedToLoRA(.rank(2), on: base).adapter
    let item = try found.recordedCase()
    #expect(
      item.distance(of: try base.adapted(by: [converted])(item.inputs))
        <= RecordedAdapter.tolerance)
  }

  @Test("A plain LoRA has no place for them")
  func plain() throws {
    let found = try #require(try FoundAdapter.all().first { $0.folder == "llama-embeddings" })
    let base = try found.base()
    let plain = try PlainLoRA(AdapterFolder(found.path).weights(for: base), on: base)
    #expect(
      plain.leftOut.map(\.description) == [
        "lm_head.weight of the base model, which the adapter's file has",
        "model.embed_tokens.weight of the base model, which the adapter's file has",
      ])
    #expect(try plain.adapter(dropping: true).baseParameters == [])
  }

  @Test("A head that the base lacks may be in the adapter's file alone")
  func missingHead() throws {
    let found = try #require(try FoundAdapter.all().first { $0.folder == "bert-head" })
    let place = try TemporaryFolder()
    let base = Fixture.path("checkpoints/\(found.checkpoint)")
    try place.makeFolder("base")
    _ = try place.copy("\(base)/config.json", to: "base/config.json")
    let tensors = try Fixture.tensors("checkpoints/\(found.checkpoint)/model.safetensors")
    try SafetensorsWriter.write(
      tensors.filter { !$0.key.hasPrefix("classifier") }, to: place.path("base/model.safetensors"))
    let folder = try AdapterFolder(found.path)
    let model = try Model(ModelDescription(place.path("base")), for: [folder])
    let item = try found.recordedCase()
    let answer = try folder.applied(to: model)(item.inputs)
    #expect(item.distance(of: answer) <= RecordedAdapter.tolerance)
  }

  @Test("A weight of the base that is damaged or of other sizes is refused")
  func broken() throws {
    let norm = "base_model.model.model.norm.weight"
    func error(_ tensor: Tensor) throws -> String {
      try ChangedAdapter("llama-lora") { $0[norm] = tensor }.error()
    }
    let shape = try Model(Fixture.path("checkpoints/llama-grouped")).graph
      .parameter(named: "model.norm.weight")
    #expect(shape != nil)
    #expect(
      try error(Tensor([Float](repeating: .nan, count: 48), shape: [48])).contains(
        "inf or NaN (1):\n    \(norm)\n"))
    #expect(
      try error(Tensor([Int](repeating: 1, count: 48), shape: [48])).contains(
        "not of real numbers (1):\n    \(norm) is "))
    #expect(
      try error(Tensor([Float](repeating: 1, count: 49), shape: [49])).contains(
        "misshapen (1):\n    \(norm) is [49], not [48]\n"
          + "  fix: give the base model that the adapter was trained on"))
  }

  @Test("Two names of one weight have to agree")
  func disagreeing() throws {
    let table = try #require(
      try Fixture.tensors("checkpoints/gpt2/model.safetensors")["transformer.wte.weight"])
    let adapter = try ChangedAdapter("gpt2-lora") { tensors in
      tensors["base_model.model.transformer.wte.weight"] = table.replacing(1) { $0 + 1 }
      tensors["base_model.model.lm_head.weight"] = table.replacing(2) { $0 + 1 }
    }
    #expect(try adapter.error().contains("copies that differ (1):\n"))
  }

  @Test(
    "A base with a head of its own is saved in full as any other, whatever its files call the two tables",
    arguments: ["embed_tokens", "lm_head"])
  func ownHead(saved: String) throws {
    let place = try TemporaryFolder()
    let original = Fixture.path("checkpoints/opt")
    var tensors = try SafetensorsFile(path: "\(original)/model.safetensors").tensors
    let embedding = try #require(tensors["model.decoder.embed_tokens.weight"])
    tensors["lm_head.weight"] = Tensor(embedding.floats().reversed(), shape: embedding.shape)
    func base(_ name: String, without prefix: String) throws -> Model {
      try place.makeFolder(name)
      _ = try place.copy("\(original)/config.json", to: "\(name)/config.json")
      let named = tensors.map { (String($0.trimmingPrefix(prefix)), $1) }
      try SafetensorsWriter.write(
        Dictionary(uniqueKeysWithValues: named), to: place.path("\(name)/model.safetensors"))
      return try Model(place.path(name))
    }
    let today = try base("today", without: "")
    let tuner = LoraConfig(
      r: 2, targetModules: ["fc1"], modulesToSave: [saved], initLoraWeights: .random)
    let fresh = try AdapterWeights(Adapter(tuner, for: today.graph), on: today, seed: 2)
    let moved = fresh.tensors.mapValues {
      Tensor($0.floats().map { $0 + $0 * $0 }, shape: $0.shape)
    }
    try AdapterWeights(fresh.adapter, tensors: moved)
      .write(to: place.path("adapter"), on: today.graph)
    let inputs = ["input_ids": Tensor([5, 17, 3, 58], shape: [1, 4])]
    let folder = try AdapterFolder(place.path("adapter"))
    let expected = try folder.applied(to: today)(inputs)
    let older = try folder.applied(to: base("older", without: "model."))(inputs)
    #expect(OutputDifference(older, expected).largest == 0)
    let lora = try folder.weights(for: today).tensors.filter { $0.key.contains("lora_") }
    let alone = LoraConfig(r: 2, targetModules: ["fc1"])
    let without = try today.adapted(by: [
      AdapterWeights(Adapter(alone, for: today.graph), tensors: lora)
    ])(inputs)
    #expect(OutputDifference(without, expected).relative > 1e-3)
    let bare = try ModelDescription(place.path("older"))
    try MergedCheckpoint(bare, for: [folder]) { try [folder.weights(for: $0)] }
      .write(to: place.path("merged"))
    #expect(OutputDifference(try Model(place.path("merged"))(inputs), expected).relative < 1e-5)
  }
}
