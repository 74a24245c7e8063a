import Peft
import PeftTestSupport
import Testing

@Suite("Finding a rank") struct RankSearchTests {
  /// What a tuner trains at every rank, each counted by itself.
  private func costs(
    _ configuration: some TunerConfiguration, on graph: Graph, upTo limit: Int
  ) throws -> [Int] {
    try (1...limit).map { rank in
      try AdapterPlan(graph, tuner: configuration.ranked(rank)).trainableParameters
    }
  }

  private func check(
    _ configuration: some TunerConfiguration, widths: [Int], using random: inout RandomNumbers
  ) throws {
    let graph = try TestModel.layers(widths)
    let adapter = try Adapter(configuration, for: graph)
    let curve = try ParameterCurve(adapter, costing: Budget(adapter, on: graph))
    let limit = zip(widths, widths.dropFirst()).map { min($0, $1) }.max() ?? 1
    #expect(curve.ranks == 1...limit)
    let costs = try costs(configuration, on: graph, upTo: limit)
    #expect(try curve.ranks.map { try curve.trainableParameters(at: $0) } == costs)
    let most = costs.max() ?? 1
    for wish in [0, 1, most, most * 2]
      + (0..<8).map({ _ in Int.random(in: 1...most, using: &random) })
    {
      let rank = try curve.rank(nearestTo: wish, insteadOf: 0)
      let best = costs.map { abs($0 - wish) }.min()
      #expect(abs(costs[rank - 1] - wish) == best, "\(widths), wish \(wish)")
      #expect(costs.firstIndex { abs($0 - wish) == best } == rank - 1)
    }
  }

  @Test("What is added to biases counts at every rank")
  func biases() throws {
    let graph = try ModelDescription("gpt2").graph()
    let configuration = LoraConfig(r: 4, loraBias: true)
    let adapter = try Adapter(configuration, for: graph)
    let curve = try ParameterCurve(adapter, costing: Budget(adapter, on: graph))
    let costs = try costs(configuration, on: graph, upTo: 6)
    #expect(try (1...6).map { try curve.trainableParameters(at: $0) } == costs)
  }

  @Test("The nearest rank is found, on random shapes", arguments: 1...10)
  func bruteForce(seed: Int) throws {
    var random = RandomNumbers(seed: seed)
    let widths = (0..<4).map { _ in Int.random(in: 1...48, using: &random) }
    let targets: TargetSelection.Targets = ["l0", "l1", "l2"]
    try check(LoraConfig(targetModules: targets), widths: widths, using: &random)
    try check(RandLoraConfig(targetModules: targets), widths: widths, using: &random)
    var patterned = LoraConfig(targetModules: targets, modulesToSave: [])
    patterned.rankPattern = ["l1": 5]
    patterned.options.bias = .all
    try check(patterned, widths: widths, using: &random)
  }

  @Test("Among more ranks than are tried, what is found is as good as the best", arguments: 1...2)
  func manyRanks(seed: Int) throws {
    var random = RandomNumbers(seed: seed)
    let graph = try TestModel.layers([5003, 6000])
    let adapter = try Adapter(RandLoraConfig(targetModules: ["l0"]), for: graph)
    let curve = try ParameterCurve(adapter, costing: Budget(adapter, on: graph))
    let costs = try curve.ranks.map { try curve.trainableParameters(at: $0) }
    for _ in 0..<4 {
      let wish = costs[Int.random(in: costs.indices, using: &random)] + 1
      let found = try costs[curve.rank(nearestTo: wish, insteadOf: 32) - 1]
      let best = costs.map { abs($0 - wish) }.min() ?? 0
      #expect(abs(found - wish) - best <= wish / 1000)
    }
  }

  @Test("A rank that is as near as any other is kept")
  func keepsGiven() throws {
    let graph = try TestModel.layers([8, 8])
    var configuration = LoraConfig(r: 3, targetModules: ["l0"])
    configuration.rankPattern = ["l0": 2]
    let adapter = try Adapter(configuration, for: graph)
    let curve = try ParameterCurve(adapter, costing: Budget(adapter, on: graph))
    #expect(try curve.rank(nearestTo: 1000, insteadOf: 3) == 3)
    #expect(try curve.rank(nearestTo: 1000, insteadOf: 99) == 1)
  }

  @Test("What is far beyond any rank does not overflow")
  func extremes() throws {
    let adapter = try Adapter(LoraConfig(targetModules: ["l0"]), for: TestModel.layers([8, 4]))
    let curve = try ParameterCurve(adapter, costing: Budget(adapter, on: TestModel.layers([8, 4])))
    #expect(try curve.rank(nearestTo: .max, insteadOf: 8) == 4)
    #expect(try curve.rank(nearestTo: .min, insteadOf: 8) == 1)
  }
}
