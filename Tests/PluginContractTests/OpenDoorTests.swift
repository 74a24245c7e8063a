import Peft
import PluginContract
import Testing

@Suite("A tuner from outside") struct OpenDoorTests {
  static let contract = TunerContract(
    OuterConfig.self,
    samples: [0.5, -3].map { scale in
      var configuration = OuterConfig()
      configuration.scale = scale
      return configuration
    })

  @Test("Every clause holds", arguments: contract.clauses)
  func clause(_ clause: ContractClause) { #expect(clause.breaches() == []) }

  private func registry() throws -> TunerRegistry {
    var registry = TunerRegistry.standard
    try registry.register(OuterTuner.self)
    return registry
  }

  @Test("It is registered in one line, and named in a request like any other")
  func request() throws {
    let request = try TunerRequest(
      "outer:outer_scale=2|4,target_modules=[c_attn]", registry: registry())
    let comparison = try Comparison([ModelDescription("gpt2").graph()], [request])
    #expect(comparison.rows.map(\.tuner) == ["outer", "outer"])
    #expect(comparison.rows.map { $0.settings["outer_scale"] } == [.integer(2), .integer(4)])
    #expect(throws: TunerRegistryError.self) { try TunerRequest("outer") }
  }

  @Test("What modules share is counted, stored and written once")
  func counted() throws {
    let base = try ModelDescription("gpt2").graph()
    let model = try AdapterPlan(base, tuner: OuterConfig())
    let budget = model.budget
    #expect(budget.adapterParameters == 12 * 2304 + 1)
    #expect(budget.basisEntries == 12 * 768)
    #expect(budget.modules.map(\.trainableParameters) == Array(repeating: 2304, count: 12))
    #expect(budget.updateRank == 1)
    let graph = try model.graph()
    try graph.validate()
    #expect(graph.entryCount == base.entryCount + 12 * (2304 + 768) + 1)

    func names(_ projection: AdapterContents.Projection) -> [String] {
      AdapterContents(model.adapter, of: base, projection: projection).entries.map(\.name)
    }
    #expect(names(.none).filter { $0.contains("outer_scale") } == ["base_model.outer_scale"])
    #expect(names(.none).count == 1 + 24)
    #expect(names(.shared).count == 1 + 24)
    #expect(names(.perModule).count == 1 + 24)
  }

  @Test(
    "A search for a budget ends, though the rank changes nothing", arguments: [1, 30_000, .max])
  func budget(wish: Int) throws {
    let base = try ModelDescription("gpt2").graph()
    let request = try TunerRequest("outer", registry: registry())
    for budget in [wish, -wish, .min] {
      let rows = try Comparison([base], [request], ranks: .nearest(to: .parameters(budget))).rows
      #expect(rows.map(\.adapterParameters) == [12 * 2304 + 1])
    }
  }
}
