import OrderedCollections
import Peft
import PeftTestSupport
import Testing

/// Fresh adapters after `torch.manual_seed`; see `Tests/Fixtures/generate/initial.py`.
struct RecordedStart: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let checkpoint: String
  let tuner: String
  let seed: Int
  let compare: String
  private let config: [String: RecordedValue]

  static func all() throws -> [RecordedStart] {
    try Fixture.rows("initial.json", at: "adapters", exactly: 31)
  }

  var testDescription: String { name }

  func weights(on base: Model) throws -> AdapterWeights {
    let plan = try RecordedSettings(tuner, config).applied(to: base.graph)
    return try AdapterWeights(plan.adapter, on: base, seed: seed)
  }

  /// By the names that we give parameters.
  func tensors() throws -> [String: Tensor] {
    let tensors = try Fixture.tensors("initial/\(name).safetensors").map { name, tensor in
      let own = name.replacing(
        "lora_magnitude_vector.default.weight", with: "lora_magnitude_vector.default")
      return (own, tensor)
    }
    return Dictionary(uniqueKeysWithValues: tensors)
  }
}

extension RecordedValue: @unchecked Sendable {}

@Suite("Fresh adapters") struct FreshAdaptersTests {
  @Test("They start as PEFT's do from the same seed", arguments: try RecordedStart.all())
  func start(recorded: RecordedStart) throws {
    let base = try Fixture.checkpoint(recorded.checkpoint)
    let weights = try recorded.weights(on: base)
    for (name, expected) in try recorded.tensors() where !name.hasSuffix("base_layer.weight") {
      let found = try #require(weights.tensors[name], "\(name)")
      #expect(found.shape == expected.shape, "\(name)")
      if recorded.compare == "bits" {
        #expect(found.floats() == expected.floats(), "\(name)")
      } else if recorded.compare == "close" || name.contains("magnitude") {
        #expect(found.distance(from: expected, relativeTo: .atLeastOne) <= 2e-5, "\(name)")
      }
    }
  }

  /// Singular vectors have no sign of their own, products of both have.
  @Test(
    "Of a weight that is divided, both parts are PEFT's",
    arguments: try RecordedStart.all().filter {
      $0.compare == "products" || $0.name.contains("olora")
    }.exactly(6, "adapters that divide weights"))
  func parts(recorded: RecordedStart) throws {
    let base = try Fixture.checkpoint(recorded.checkpoint)
    let weights = try recorded.weights(on: base)
    let tensors = try recorded.tensors()
    let config = try #require(weights.adapter.configuration as? LoraConfig)
    let rank = Double(config.r)
    let scale = config.loraAlpha / (config.useRslora ? rank.squareRoot() : rank)
    var count = 0
    for (name, rest) in tensors where name.hasSuffix(".base_layer.weight") {
      let path = String(name.dropLast(".base_layer.weight".count))
      let update = try #require(weights.adapter.updates.first { $0.site.path == path })
      let (a, b) = ("\(path).lora_A.default.weight", "\(path).lora_B.default.weight")
      let expected = try product(#require(tensors[b]), #require(tensors[a]))
      let found = try product(#require(weights.tensors[b]), #require(weights.tensors[a]))
      #expect(found.distance(from: expected, relativeTo: .atLeastOne) <= 2e-5, "\(path)")
      // What is left in the base and the product make the weight again.
      let id = try #require(base.graph.modules.ownParameters(of: path)["weight"])
      let weight = try #require(base.tensor(of: id)).floats()
      expect(
        weight, less: rest.floats(), toBe: scale, times: found,
        isTransposed: update.site.isStoredTransposed)
      count += 1
    }
    #expect(count == weights.adapter.updates.count)
  }

  /// What was taken from a weight is a multiple of the product, as it is stored.
  private func expect(
    _ weight: [Float], less rest: [Float], toBe factor: Double, times product: Tensor,
    isTransposed: Bool
  ) {
    let (rows, columns) = (product.shape[0], product.shape[1])
    let entries = product.floats()
    #expect(weight.count == entries.count && rest.count == entries.count)
    let differences = entries.indices.map { index in
      let place = isTransposed ? (index % rows) * columns + index / rows : index
      return Double(weight[index] - rest[index]) - factor * Double(entries[place])
    }
    let size = largest(zip(weight, rest).map { Double(abs($0 - $1)) })
    #expect(largest(differences.map(abs)) <= 2e-5 * max(size, 1))
  }

  private func product(_ b: Tensor, _ a: Tensor) throws -> Tensor {
    let (rows, depth, columns) = (b.shape[0], a.shape[0], a.shape[1])
    let (x, y) = (b.floats(), a.floats())
    var entries = [Float](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for k in 0..<depth {
        for column in 0..<columns {
          entries[row * columns + column] += x[row * depth + k] * y[k * columns + column]
        }
      }
    }
    return Tensor(entries, shape: [rows, columns])
  }
}
