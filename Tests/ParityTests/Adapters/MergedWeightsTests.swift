import Peft
import PeftTestSupport
import Testing

/// Weights after PEFT merged an adapter; see `Tests/Fixtures/generate/merged.py`.
struct RecordedMerge: Decodable, Sendable, CustomTestStringConvertible {
  let folder: String
  let adapter: String
  let checkpoint: String
  let dtype: String
  let modules: [String]
  /// What PEFT gets wrong here.
  let accident: String?

  static func all() throws -> [RecordedMerge] {
    try Fixture.rows("merged/manifest.json", at: "folders", exactly: 27)
  }

  var testDescription: String { folder }

  func base() throws -> Model {
    try Fixture.checkpoint(checkpoint)
  }

  func weights(on base: Model) throws -> AdapterWeights {
    try AdapterFolder(Fixture.path("adapted/\(adapter)")).weights(for: base)
  }

  /// The recorded parameters by name.
  func tensors(_ file: String = "model") throws -> [String: Tensor] {
    try Fixture.tensors("merged/\(folder)/\(file).safetensors")
  }
}

@Suite("Merging") struct MergedWeightsTests {
  private func found(_ model: Model, _ name: String) -> Tensor? {
    let parts = name.split(separator: ".")
    let path = parts.dropLast().joined(separator: ".")
    return model.graph.modules.ownParameters(of: path)[String(parts.last ?? "")]
      .flatMap { model.tensor(of: $0) }
  }

  @Test(
    "Merged weights are PEFT's",
    arguments: try RecordedMerge.all().filter { $0.dtype == "float32" && $0.accident == nil }
      .exactly(18, "merges"))
  func merged(merge: RecordedMerge) throws {
    let base = try merge.base()
    let model = try base.merged(with: [merge.weights(on: base)])
    for (name, expected) in try merge.tensors() {
      let tensor = try #require(found(model, name), "\(name)")
      // 32-bit sums in another order; PEFT's singular values are of 32 bits, ours of 64.
      let tolerance = merge.adapter.hasSuffix("pissa") ? 5e-5 : 1e-6
      #expect(tensor.distance(from: expected) <= tolerance, "\(name)")
    }
  }

  @Test(
    "16-bit weights are the exact sums, rounded once",
    arguments: try RecordedMerge.all().filter { $0.dtype != "float32" }.exactly(6, "merges"))
  func rounded(merge: RecordedMerge) throws {
    let base = try merge.base()
    let model = try base.merged(with: [merge.weights(on: base)])
    for (name, exact) in try merge.tensors("exact") {
      let tensor = try #require(found(model, name), "\(name)")
      #expect(tensor.type == (merge.dtype == "float16" ? .float16 : .bfloat16), "\(name)")
      let rounded = exact.converted(to: tensor.type)
      // The sum before rounding may differ in its last bit, and then fall to the other side.
      let (a, b) = (tensor.floats(), rounded.floats())
      let different = zip(a, b).count { $0 != $1 }
      #expect(different * 500 <= a.count, "\(different) of \(a.count) entries of \(name)")
      #expect(tensor.distance(from: rounded) <= 1e-2, "\(name)")
    }
  }

  @Test("A merged model answers as the adapted one", arguments: try RecordedAdapter.all())
  func answers(adapter: RecordedAdapter) throws {
    let base = try adapter.base()
    let weights = try AdapterFolder(adapter.path).weights(for: base)
    let item = try adapter.recordedCase()
    if let path = adapter.biasWithoutPlace {
      #expect(throws: AdapterError.noBiasToMerge(path)) { try base.merged(with: [weights]) }
      return
    }
    let merged = try base.merged(with: [weights])
    #expect(item.distance(of: try merged(item.inputs)) <= RecordedAdapter.tolerance)
  }

  @Test("What shares a weight with an adapted module keeps its own numbers")
  func tied() throws {
    let merges = try RecordedMerge.all().filter { $0.accident?.contains("tied") == true }
    for merge in try merges.exactly(2, "merges of tied weights") {
      let base = try merge.base()
      let weights = try merge.weights(on: base)
      let (head, table) = ("lm_head.weight", "transformer.wte.weight")
      let isHead = weights.adapter.updates.contains { $0.site.path == "lm_head" }
      let (kept, changed) = isHead ? (table, head) : (head, table)
      let model = try base.merged(with: [weights])
      #expect(found(model, kept)?.floats() == found(base, kept)?.floats())
      #expect(found(model, changed)?.floats() != found(base, changed)?.floats())
    }
  }
}
