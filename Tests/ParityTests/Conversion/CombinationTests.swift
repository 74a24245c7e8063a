import Peft
import PeftTestSupport
import Testing

/// A combination that PEFT computed; see `Tests/Fixtures/generate/combined.py`.
private struct RecordedCombination: Decodable, Sendable, CustomTestStringConvertible {
  let file: String
  let checkpoint: String
  let adapters: [String]
  let weights: [Double]
  let kind: String
  let density: Double?
  let majoritySign: String?
  let svdRank: Int?
  let rank: Int
  let targets: [String]

  private enum CodingKeys: String, CodingKey {
    case file, checkpoint, adapters, weights, density, rank
    case kind = "combination_type"
    case majoritySign = "majority_sign_method"
    case svdRank = "svd_rank"
    case targets = "target_modules"
  }

  static func all() throws -> [RecordedCombination] {
    try Fixture.rows("combined/manifest.json", at: "cases", exactly: 36)
  }

  var testDescription: String { file }

  func updates() throws -> RecordedUpdates {
    RecordedUpdates(try Fixture.tensors("combined/\(file)").mapValues { $0.floats() })
  }

  func model() throws -> PeftModel {
    var model = PeftModel(try Fixture.checkpoint(checkpoint))
    for name in adapters {
      try model.loadAdapter(Fixture.path("combined/adapters/\(name)"), as: name)
    }
    return model
  }
}

@Suite("Combining adapters") struct CombinationTests {
  @Test("A combination is PEFT's", arguments: try RecordedCombination.all())
  private func parity(row: RecordedCombination) throws {
    var model = try row.model()
    let kind = try #require(AdapterCombination(rawValue: row.kind))
    let report = try model.addWeightedAdapter(
      row.adapters, weights: row.weights, name: "new", combination: kind, density: row.density,
      majoritySign: row.majoritySign.flatMap { .init(rawValue: $0) } ?? .total,
      svdRank: row.svdRank)
    let weights = try model.weights("new")
    let updates = try RecordedUpdates(weights, on: model.base)
    // Both round to 32 bits, in other orders. Where nothing is left, both are exactly zero.
    #expect(updates.distance(from: try row.updates()) <= 1e-5)
    let config = try #require(weights.adapter.configuration as? LoraConfig)
    #expect(config.options.targets.targetModules == .names(row.targets))
    #expect(config.loraAlpha == Double(config.r))
    #expect(!config.useRslora && config.initLoraWeights == .kaimingUniform)
    if kind == .cat {
      #expect(report.relativeError == 0)
    } else {
      #expect(config.r == row.rank && config.rankPattern.isEmpty)
    }
  }

  @Test("The report says how far a combination is from the weighted sum")
  func report() throws {
    let row = try #require(try RecordedCombination.all().first { $0.kind == "ties" })
    var model = try row.model()
    try model.addWeightedAdapter(row.adapters, weights: row.weights, name: "exact")
    let report = try model.addWeightedAdapter(
      row.adapters, weights: row.weights, name: "near", combination: .ties, density: 0.5)
    let exact = try RecordedUpdates(model.weights("exact"), on: model.base)
    let near = try RecordedUpdates(model.weights("near"), on: model.base)
    #expect(Set(report.modules.map(\.path)) == Set(exact.matrices.keys))
    for module in report.modules {
      let found = RecordedUpdates.distance(
        try #require(near.matrices[module.path]), try #require(exact.matrices[module.path]))
      #expect(abs(module.relativeError - found) < 1e-5 && found > 0.1)
    }
    #expect(report.relativeError > 0.1)
  }

  /// The recorded adapters are random and large: rounding is magnified as when they run, and once more
  /// by their factors.
  private static let tolerance = 2 * RecordedAdapter.tolerance

  @Test(
    "One adapter with weight 1 gives itself", arguments: try RecordedAdapter.all())
  func itself(adapter: RecordedAdapter) throws {
    var model = PeftModel(try adapter.base())
    try model.loadAdapter(adapter.path, as: "one")
    let isProduct = try adapter.isProduct
    let kinds: [AdapterCombination] = isProduct ? AdapterCombination.allCases : [.svd]
    let original = try RecordedUpdates(model.weights("one"), on: model.base)
    for kind in kinds {
      try model.addWeightedAdapter(
        ["one"], weights: [1], name: kind.rawValue, combination: kind,
        density: kind.needsDensity ? 0.5 : nil, svdRank: isProduct ? nil : 64)
      let updates = try RecordedUpdates(model.weights(kind.rawValue), on: model.base)
      #expect(updates.distance(from: original) <= 1e-5, "\(kind)")
    }
    try model.setAdapters([kinds[0].rawValue])
    let item = try adapter.recordedCase()
    #expect(item.distance(of: try model(item.inputs)) <= Self.tolerance)
  }

  @Test("Combinations of several tuners are the sums of what they add")
  func mixed() throws {
    let names = ["llama-randlora", "llama-dora", "llama-lora-pissa", "llama-lora-lora-bias"]
    let adapters = try names.map(RecordedAdapter.named)
    var model = PeftModel(try adapters[0].base())
    for (name, adapter) in zip(names, adapters) { try model.loadAdapter(adapter.path, as: name) }
    let report = try model.addWeightedAdapter(
      names, weights: [1, 1, 1, 1], name: "all", combination: .svd, svdRank: 48)
    #expect(report.relativeError < 1e-5)
    let item = try adapters[0].recordedCase()
    try model.setAdapters(["all"])
    let found = try model(item.inputs)
    let expected = try model.base.adapted(by: [model.weights("all")])(item.inputs)
    #expect(item.distance(of: found, from: expected) == 0)
    let sums = try names.map { try RecordedUpdates(model.weights($0), on: model.base) }
    let combined = try RecordedUpdates(model.weights("all"), on: model.base)
    #expect(Set(combined.matrices.keys) == Set(sums.flatMap(\.matrices.keys)))
    for (path, matrix) in combined.matrices {
      var sum = [Float](repeating: 0, count: matrix.count)
      for part in sums.compactMap({ $0.matrices[path] }) { sum = zip(sum, part).map(+) }
      #expect(RecordedUpdates.distance(matrix, sum) <= 1e-5, "\(path)")
    }
  }
}
