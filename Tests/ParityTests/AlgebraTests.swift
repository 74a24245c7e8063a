import Peft
import PeftTestSupport
import PluginContract
import Testing

/// Updates in numbers, computed from the tensors that PEFT computed them from.
@Suite("Updates are PEFT's, number by number") struct AlgebraTests {
  struct Row: Decodable, CustomStringConvertible {
    let tuner: String
    let config: [String: RecordedValue]
    let rankPatternOrder: [String]?
    let sites: [RecordedSite]

    private enum CodingKeys: String, CodingKey {
      case tuner, config, sites
      case rankPatternOrder = "rank_pattern_order"
    }

    /// The configuration with all sites as targets.
    var settings: RecordedSettings {
      var config = config
      config["target_modules"] = RecordedValue(.list(sites.map { .text($0.path) }))
      return RecordedSettings(tuner, config, orders: ["rank_pattern": rankPatternOrder])
    }
    var description: String { "\(settings)" }
  }

  struct RecordedSite: Decodable {
    let path: String
    let kind: String
    /// The weight's shape as it is stored.
    let weight: [Int]
    let tensors: [String: RecordedNumbers]
    let delta: RecordedNumbers
  }

  struct RecordedNumbers: Decodable {
    let shape: [Int]
    let values: [Double]
    var numbers: Numbers { Numbers(shape: shape, values: values) }
  }

  @Test(
    "Shapes and entries",
    arguments: try Fixture.rows("algebra.json", at: "rows", as: Row.self, exactly: 11))
  func update(row: Row) throws {
    let adapter = try row.settings.applied(to: Self.graph(of: row.sites)).adapter
    for recorded in row.sites {
      let update = try #require(adapter.updates.first { $0.site.path == recorded.path })
      let tensors = recorded.tensors.mapValues(\.numbers)
      #expect(Set(update.tensors.map(\.name)) == Set(tensors.keys), "\(row)")
      for tensor in update.tensors {
        try #require(tensor.shape == tensors[tensor.name]?.shape, "\(tensor.name) of \(row)")
      }

      let expected = recorded.delta.numbers
      let stored = update.site.isStoredTransposed ? update.update.transposed : update.update
      let ours = try WeightUpdateEvaluator { tensor in
        tensors[tensor.name] ?? Numbers(shape: tensor.shape) { _ in .nan }
      }.value(of: stored.reshaped(expected.shape))
      // PEFT adds in 32 bits: a few roundings of the largest entry.
      let size = largest(expected.values.map(abs))
      #expect(size > 0)
      #expect(ours.distance(to: expected) < 4e-6 * size, "\(recorded.path) of \(row)")
    }
  }

  private static func graph(of sites: [RecordedSite]) throws -> Graph {
    var graph = Graph(name: "small")
    for site in sites {
      graph.declareModule(site.path, kind: Module.Kind(site.kind))
      _ = try graph.addParameter(Parameter(name: "\(site.path).weight", shape: site.weight))
    }
    return graph
  }
}
