import Peft
import PeftTestSupport
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
    #expect(
      message { _ = try TunerRequest("outer") }
        == "no tuner is called 'outer'\n  fix: choose one of lora, randlora")
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

  @Test("A tuner without a rank is taken as it is, and a search for one says so")
  func budget() throws {
    let base = try ModelDescription("gpt2").graph()
    let requests = try ["outer", "lora"].map { try TunerRequest($0, registry: registry()) }
    for wish in [1, 30_000, 1_000_000, .max] {
      let comparison = try Comparison(
        [base], requests, ranks: .nearest(to: .parameters(wish)))
      #expect(comparison.rows[0].trainableParameters == 12 * 2304 + 1)
      #expect(comparison.rows[0].rank == nil)
      let words = "outer has no rank to search for: it trains 27,649 parameters, not about"
      #expect(comparison.warnings.contains { $0.contains(words) } == (wish != 30_000))
    }
    let matched = try Comparison([base], requests, ranks: .matchingFirst).rows
    #expect(matched.map(\.trainableParameters) == [27_649, 36_864])
    let adapter = try Adapter(OuterConfig(), for: base)
    let budget = try Budget(adapter, on: base)
    #expect(throws: RankMissing.self) { try ParameterCurve(adapter, costing: budget) }
    #expect(throws: BakeoffError.noRank("outer:match", tuner: "outer")) {
      try BakeoffTuner("outer:match", registry: registry())
    }
  }

  @Test(
    "Without a rank it has a level line in a chart, no rank in a report, and no rank in the help")
  func reports() throws {
    let base = try ModelDescription("gpt2").graph()
    let requests = try ["outer", "lora"].map { try TunerRequest($0, registry: registry()) }
    let comparison = try Comparison([base], requests)
    #expect(try comparison.report(as: .json).contains(#""rank" : null"#))
    #expect(!comparison.table.text().contains("rank=") && comparison.rows[0].settings == [:])
    let svg = try comparison.chart().svg
    #expect(svg.contains(">outer<") && !svg.contains("r=nil"))
    let page = try TunerHelpPages(registry()).list(as: .csv)
    #expect(page.contains("outer,"))
  }

  @Test("Where nobody says which, all tuners of the registry show what they have")
  func survey() throws {
    let base = try ModelDescription("gpt2").graph()
    let registry = try registry()
    let comparison = try Comparison([base], surveying: registry)
    #expect(
      comparison.rows.map(\.tuner) == [
        "lora", "lora", "lora", "randlora", "randlora", "randlora", "outer",
      ])
    let plans = try TrainingPlans(
      surveying: registry, on: base, batch: .init(rows: 1, sequence: 8))
    #expect(plans.plans.map(\.budget.tuner) == ["lora", "randlora", "outer"])
  }
}
