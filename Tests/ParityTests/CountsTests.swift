import Peft
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

  struct Rows: Decodable { let counts: [Row] }

  static let rows = Dictionary(
    grouping: (try? Recorded.decode("counts.json", as: Rows.self))?.counts ?? [], by: \.model)

  @Test("Every model at full size", arguments: rows.keys.sorted())
  func model(name: String) throws {
    let rows = try #require(Self.rows[name])
    let graph = try ModelDescription(name).graph()
    let differences = rows.compactMap { row in
      difference(row, on: graph).map { "\(row.settings): \($0)" }
    }
    #expect(differences.isEmpty, "\(Recorded.summary(differences, of: rows.count))")
  }

  @Test("All rows are replayed")
  func allRows() {
    #expect(Self.rows.values.map(\.count).reduce(0, +) == 1829)
    #expect(Set(Self.rows.keys).isSubset(of: BundledModels.names))
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
