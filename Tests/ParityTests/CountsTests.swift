import Peft
import PeftTestSupport
import Testing

/// Trainable and total parameters, adapted modules and bases, over models, tuners and settings.
@Suite("Counts are PEFT's") struct CountsTests {
  struct Row: Decodable {
    let model: String
    let tuner: String
    let config: [String: RecordedValue]
    let trainable: Int
    let all: Int
    let targets: Int
    let baseShapes: [String: [Int]]?
    let rankPatternOrder: [String]?

    private enum CodingKeys: String, CodingKey {
      case model, tuner, config, trainable, all, targets
      case baseShapes = "base_shapes"
      case rankPatternOrder = "rank_pattern_order"
    }

    var settings: RecordedSettings {
      RecordedSettings(tuner, config, orders: ["rank_pattern": rankPatternOrder])
    }
  }

  static let rows = Result {
    let rows = try Fixture.rows("counts.json", at: "counts", as: Row.self, exactly: 1853)
    return Dictionary(grouping: rows, by: \.model)
  }

  @Test("Every model at full size", arguments: try rows.get().keys.sorted())
  func model(name: String) throws {
    let rows = try #require(Self.rows.get()[name])
    let graph = try ModelDescription(name).graph()
    let differences = rows.compactMap { row in
      difference(row, on: graph).map { "\(row.settings): \($0)" }
    }
    #expect(differences.isEmpty, "\(summary(of: differences, among: rows.count))")
  }

  private func difference(_ row: Row, on graph: Graph) -> String? {
    do {
      let model = try row.settings.applied(to: graph)
      let budget = model.budget
      var bases: [String: [Int]] = [:]
      for tensor in model.adapter.sharedTensors {
        bases[String(tensor.name.suffix(1))] = tensor.shape
      }
      let ours = (budget.trainableParameters, budget.allParameters, budget.targets)
      guard ours != (row.trainable, row.all, row.targets) || bases != row.baseShapes ?? [:]
      else { return nil }
      return "trainable, all, targets \(ours) \(bases), not "
        + "\((row.trainable, row.all, row.targets)) \(row.baseShapes ?? [:])"
    } catch {
      return "\(error)"
    }
  }
}
