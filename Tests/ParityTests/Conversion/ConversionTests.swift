import Foundation
import OrderedCollections
import Peft
import PeftTestSupport
import Testing

/// How near a LoRA can come; see `Tests/Fixtures/generate/converted.py`.
private enum RecordedConversions {
  struct Module: Decodable {
    struct Rank: Decodable {
      let rank: Int
      let error: Double
      let fraction: Double?
    }

    let adapter: String
    let module: String
    let norm: Double
    let ranks: [Rank]
    let fractions: [Rank]

    func best(_ size: LoRASize) -> Rank? {
      switch size {
      case .rank(let rank): ranks.first { $0.rank == rank }
      case .share(let share): fractions.first { $0.fraction == share }
      }
    }
  }

  struct Configuration: Decodable {
    let adapter: String
    let rank: Double
    let r: Int
    let loraAlpha: Double
    let rankPattern: [String: Int]
    let alphaPattern: [String: Double]

    private enum CodingKeys: String, CodingKey {
      case adapter, rank, r
      case loraAlpha = "lora_alpha"
      case rankPattern = "rank_pattern"
      case alphaPattern = "alpha_pattern"
    }
  }

  static func modules() throws -> [Module] {
    try Fixture.rows("converted.json", at: "modules", exactly: 66)
  }

  static func configurations() throws -> [Configuration] {
    try Fixture.rows("converted.json", at: "configurations", exactly: 6)
  }
}

@Suite("Converting adapters to LoRA") struct ConversionTests {
  @Test(
    "No LoRA of that size comes nearer",
    arguments: [
      LoRASize.rank(1), .rank(4), .rank(16), .share(0.5), .share(0.9),
    ])
  func optimum(size: LoRASize) throws {
    let recorded = try RecordedConversions.modules()
    for (name, rows) in Dictionary(grouping: recorded, by: \.adapter) {
      let adapter = try RecordedAdapter.named(name)
      let base = try adapter.base()
      let weights = try AdapterFolder(adapter.path).weights(for: base)
      let (converted, report) = try weights.convertedToLoRA(size, on: base)
      let original = try RecordedUpdates(weights, on: base)
      let found = try RecordedUpdates(converted, on: base)
      for row in rows {
        let best = try #require(row.best(size))
        let module = try #require(report.modules.first { $0.path == row.module })
        #expect(abs(module.relativeError - best.error) <= 1e-4, "\(name) \(row.module)")
        #expect(abs(module.norm / row.norm - 1) <= 1e-4, "\(name) \(row.module)")
        if case .share = size { #expect(module.rank == best.rank, "\(name) \(row.module)") }
        let error = RecordedUpdates.distance(
          try #require(found.matrices[row.module]), try #require(original.matrices[row.module]))
        #expect(abs(error - best.error) <= 1e-4, "\(name) \(row.module)")
      }
    }
  }

  @Test("The configuration is PEFT's, but for targets that it names twice")
  func configurations() throws {
    for row in try RecordedConversions.configurations() {
      let adapter = try RecordedAdapter.named(row.adapter)
      let base = try adapter.base()
      let weights = try AdapterFolder(adapter.path).weights(for: base)
      let converted = try weights.convertedToLoRA(
        row.rank < 1 ? .share(row.rank) : .rank(Int(row.rank)), on: base
      ).adapter
      let config = try #require(converted.adapter.configuration as? LoraConfig)
      #expect(config.r == row.r && config.loraAlpha == row.loraAlpha)
      #expect(
        Dictionary(uniqueKeysWithValues: config.rankPattern.map { ($0.key, $0.value) })
          == row.rankPattern)
      #expect(
        Dictionary(uniqueKeysWithValues: config.alphaPattern.map { ($0.key, $0.value) })
          == row.alphaPattern)
      #expect(
        converted.adapter.updates.map(\.site) == weights.adapter.updates.map(\.site))
      #expect(
        config.options.targets.targetModules
          == weights.adapter.configuration.options.targets.targetModules)
    }
  }

  @Test(
    "At full rank a converted adapter answers as the original, also after saving",
    arguments: try RecordedAdapter.all())
  func answers(adapter: RecordedAdapter) throws {
    let base = try adapter.base()
    let weights = try AdapterFolder(adapter.path).weights(for: base)
    let scratch = try TemporaryFolder()
    let (converted, report) = try weights.convertedToLoRA(.share(1), on: base)
    #expect(report.relativeError < 1e-5)
    try converted.write(to: scratch.path("lora"), on: base.graph)
    let read = try AdapterFolder(scratch.path("lora"))
    #expect(read.configuration is LoraConfig)
    let item = try adapter.recordedCase()
    // The tolerance of running, and as much again for the rounding of the factors.
    #expect(
      item.distance(of: try read.applied(to: base)(item.inputs)) <= 2 * RecordedAdapter.tolerance)
  }

  @Test("Full weights are those of the merged model", arguments: ["llama-dora", "gpt2-randlora"])
  func fullWeights(folder: String) throws {
    let adapter = try RecordedAdapter.named(folder)
    let base = try adapter.base()
    let weights = try AdapterFolder(adapter.path).weights(for: base)
    let scratch = try TemporaryFolder()
    let path = scratch.path("changed.safetensors")
    let entries = try base.writeUpdatedWeights(of: [weights], to: path)
    #expect(entries.map(\.name) == weights.adapter.updates.map(\.weightName))
    let file = try SafetensorsFile(path: path)
    let original = try SafetensorsFile(path: "\(base.files[0])")
    let updates = try RecordedUpdates(weights, on: base)
    for update in weights.adapter.updates {
      let site = update.site
      let new = try #require(file.tensor(update.weightName))
      let old = try #require(original.tensor(update.weightName))
      #expect(new.shape == old.shape && new.type == old.type)
      let matrix = try #require(updates.matrices[site.path])
      let sum = old.floats().enumerated().map { index, entry in
        let place =
          site.isStoredTransposed
          ? index % site.outputs * site.inputs + index / site.outputs : index
        return entry + matrix[place]
      }
      #expect(RecordedUpdates.distance(new.floats(), sum) < 1e-6)
    }
  }
}
