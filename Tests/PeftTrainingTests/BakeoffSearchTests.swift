import Foundation
import Peft
import PeftTestSupport
import Testing

@testable import PeftTraining

@Suite("A search for learning rates") struct BakeoffSearchTests {
  // MARK: What is trained next

  /// A contestant whose runs come to values that are known from the start.
  private struct Simulation {
    let order: BakeoffOrder
    /// By learning rate and rung; nil for a run that diverges.
    let values: [[Double?]]
    var reached: [Int: Int] = [:]
    var seeds: Set<Int> = []
    var log: [BakeoffOrder.Task] = []

    func outcome(_ task: BakeoffOrder.Task) -> BakeoffOrder.Outcome {
      if task.seed > 0 { return seeds.contains(task.seed) ? .value(1) : .pending }
      guard reached[task.rate] ?? -1 >= task.rung else { return .pending }
      return values[task.rate][task.rung].map { .value($0) } ?? .failed
    }

    mutating func run() {
      while let task = order.next(outcome) {
        log.append(task)
        if task.seed > 0 { seeds.insert(task.seed) } else { reached[task.rate] = task.rung }
      }
    }
  }

  private func simulated(_ values: [[Double?]], seeds: Int = 1) -> Simulation {
    var simulation = Simulation(
      order: BakeoffOrder(
        rateCount: values.count, seedCount: seeds, isBetter: { $0 < $1 }), values: values)
    simulation.run()
    return simulation
  }

  private func task(_ rate: Int, _ rung: Int, seed: Int = 0) -> BakeoffOrder.Task {
    BakeoffOrder.Task(rate: rate, seed: seed, rung: rung)
  }

  @Test("The better half goes on, to the end, and the best one is trained with the other seeds")
  func halving() {
    let search = simulated(
      [[5, 5, 5], [3, 3, 1], [2, 4, 3], [1, 2, 2], [9, 9, 9]], seeds: 3)
    #expect(
      search.log == [
        task(0, 0), task(1, 0), task(2, 0), task(3, 0), task(4, 0),
        task(1, 1), task(2, 1), task(3, 1), task(1, 2), task(3, 2),
        task(1, 2, seed: 1), task(1, 2, seed: 2),
      ])
    #expect(search.order.best(search.outcome) == 1)
    // What it takes, in whole runs: 5/4 + 3/4 + 2/2 + 2.
    let settings = BakeoffSearch(learningRates: [1, 2, 3, 4, 5], seeds: 3)
    #expect(settings.steps(of: 400) == 5 * 100 + 3 * 100 + 2 * 200 + 2 * 400)
  }

  @Test("A run that diverges has lost; of two that are as good, the lower rate goes on")
  func failed() {
    let search = simulated([[nil, 1, 1], [2, 2, nil], [2, 2, 7], [2, 2, 2]])
    #expect(
      search.log == [
        task(0, 0), task(1, 0), task(2, 0), task(3, 0), task(1, 1), task(2, 1), task(1, 2),
      ])
    #expect(search.order.best(search.outcome) == nil)
    #expect(simulated([[nil, nil, nil], [nil, nil, nil]]).log == [task(0, 0), task(1, 0)])
  }

  @Test("One rate is trained to the end at once")
  func single() {
    #expect(simulated([[1, 1, 1]], seeds: 2).log == [task(0, 2), task(0, 2, seed: 1)])
  }

  @Test("Rungs are steps that are evaluated")
  func rungs() {
    let steps = (0..<3).map { BakeoffSearch.step(ofRung: $0, of: 1000, evaluatedEvery: 200) }
    #expect(steps == [400, 600, 1000])
    #expect(BakeoffSearch.step(ofRung: 2, of: 10, evaluatedEvery: 4) == 10)
  }

  @Test(
    "Rates as they are written",
    arguments: [
      ("1e-3,1e-4", [1e-3, 1e-4]), ("1e-4..1e-2", [1e-4, 3e-4, 1e-3, 3e-3, 1e-2]),
      ("2e-4..2e-3", [2e-4, 3e-4, 1e-3, 2e-3]), ("1e-2..1e-4", nil), ("1e-3,", nil), ("0,1", nil),
      ("nan..1", nil), ("1e-3", [1e-3]),
    ])
  func rates(text: String, expected: [Double]?) {
    #expect(BakeoffSearch.learningRates(in: text) == expected)
  }

  @Test(
    "The front has what nothing equals or beats in all columns, and beats in one",
    arguments: [
      ([[1, 5], [2, 4], [3, 4], [4, 1], [2, 9]], [0, 1, 3]), ([[1, 1], [1, 1]], [0, 1]),
      ([[nil, 0], [2, 2]], [1]), ([], []),
    ] as [([[Double?]], [Int])])
  func front(rows: [[Double?]], expected: [Int]) {
    #expect(BakeoffResults.front(of: rows) == expected)
  }

  // MARK: Whole bake-offs

  private let folder: TemporaryFolder
  private let recipe: TrainingRecipe

  init() throws {
    folder = try TemporaryFolder()
    recipe = try folder.countingRecipe(steps: 8)
    try folder.countedTokens(90, in: "retain.bin")
  }

  private func bakeoff(
    _ output: String, rates: [Double] = [1e-3, 1e-2, 1e30], seeds: Int = 2, retain: Bool = true
  ) throws -> Bakeoff {
    var recipe = recipe
    recipe.output = "\(folder.path)/\(output)"
    return try Bakeoff(
      recipe, [BakeoffTuner("lora:r=4"), BakeoffTuner("randlora:match")],
      search: BakeoffSearch(learningRates: rates, seeds: seeds),
      retain: retain ? folder.path("retain.bin") : nil)
  }

  @Test("Each tuner gets its best rate, and seeds that differ in all that is drawn")
  func found() throws {
    let bakeoff = try bakeoff("out")
    let cost = try bakeoff.cost()
    #expect(
      cost.steps == 2 * (3 * 2 + 2 * 2 + 1 * 4 + 8) && cost.stepsOfRun == 8 && cost.seconds > 0)
    try bakeoff.run()
    #expect(bakeoff.isFinished)
    let results = try bakeoff.results()
    for result in results.results {
      #expect(result.learningRate == 1e-2)
      #expect(result.finalRuns.map(\.run.seed) == [0, 1])
      #expect(result.finalRuns.map(\.steps) == [8, 8])
      #expect(
        result.runs.map(\.steps).sorted() == [0, 4, 8, 8]
          || result.runs.map(\.steps).sorted() == [1, 4, 8, 8], "\(result.runs.map(\.steps))")
      let losses = try #require(result.losses)
      #expect(losses.count == 2 && losses.deviation > 0)
      #expect(try #require(result.forgetting).count == 2)
    }
    let randlora = results.results[1]
    let keys = randlora.finalRuns.compactMap { run -> JSONValue? in
      guard case .tuner(let configuration) = run.run.recipe.start else { return nil }
      return configuration.values["projection_prng_key"]
    }
    #expect(Set(keys).count == 2)
    #expect(folder.exists("out/randlora-lr1e-2-seed1/last/adapter_model.safetensors"))
    let table = try results.report(as: .table, showsCosts: false)
    #expect(table.contains("· 3 learning rates · 2 seeds"))
    let fronts = try results.report(as: .table, frontOf: [.trained, .forgetting])
    #expect(fronts.contains("on the front of trained parameters and forgetting: "))
    #expect(table.contains("lora is best at the learning rate 1e-2"))
    #expect(
      table.contains("one learning rate for all would have said, after a quarter of the steps:"))
  }

  @Test("Killed twice, and stopped in between, it ends with the same results")
  func resumed() throws {
    struct Kill: Error {}
    let whole = try bakeoff("whole")
    try whole.run()
    var steps = 0
    func killing(after count: Int) -> (Bakeoff.Event) throws -> Void {
      steps = 0
      return { event in
        if case .training(_, .step) = event { steps += 1 }
        if steps == count { throw Kill() }
      }
    }
    do {
      let first = try bakeoff("parts")
      #expect(throws: Kill.self) { try first.run(killing(after: 5)) }
    }
    do {
      let second = try Bakeoff(resuming: folder.path("parts"))
      #expect(throws: Kill.self) { try second.run(killing(after: 13)) }
    }
    do {
      let third = try Bakeoff(resuming: folder.path("parts"))
      var left = 7
      try third.run(until: {
        left -= 1
        return left <= 0
      })
      #expect(!third.isFinished)
    }
    let last = try Bakeoff(resuming: folder.path("parts"), threads: 1)
    try last.run()
    #expect(last.isFinished)
    let (expected, found) = (try whole.results(), try last.results())
    #expect(
      try found.report(as: .table, showsCosts: false)
        == expected.report(as: .table, showsCosts: false))
    for (one, other) in zip(found.results, expected.results) {
      #expect(one.finalRuns.map(\.bestLoss) == other.finalRuns.map(\.bestLoss))
      #expect(one.runs.map(\.values) == other.runs.map(\.values))
      #expect(one.forgetting == other.forgetting)
      #expect(one.training == other.training)
    }
  }

  @Test("One that was killed between a run's last step and the note of it has lost nothing")
  func killedBeforeTheNote() throws {
    struct Kill: Error {}
    let whole = try bakeoff("whole", retain: false)
    try whole.run()
    do {
      let first = try bakeoff("parts", retain: false)
      #expect(throws: Kill.self) {
        try first.run { if case .ended = $0 { throw Kill() } }
      }
    }
    var last: Bakeoff?
    for _ in 0..<30 where last?.isFinished != true {
      let next = try Bakeoff(resuming: folder.path("parts"))
      last = next
      do {
        try next.run { if case .ended = $0 { throw Kill() } }
      } catch is Kill {
        last = nil
      }
    }
    let (expected, found) = (try whole.results(), try #require(last).results())
    for (one, other) in zip(found.results, expected.results) {
      #expect(one.learningRate == other.learningRate)
      #expect(one.runs.map(\.values) == other.runs.map(\.values))
      #expect(one.runs.map(\.steps) == other.runs.map(\.steps))
      #expect(one.losses == other.losses)
    }
  }

  @Test("Rows that are split off are the same for all seeds")
  func split() throws {
    try folder.file(
      "rows.jsonl", (0..<40).map { "{\"text\": \"\($0 % 10)\($0 % 7)\"}" }.joined(separator: "\n"))
    var recipe = recipe
    recipe.data = DataSettings(train: [folder.path("rows.jsonl")], tokenizer: "bytes", split: 0.2)
    recipe.seed = 3
    let bakeoff = try Bakeoff(
      recipe, [BakeoffTuner("lora:r=2"), BakeoffTuner("lora:r=4")], search: BakeoffSearch(seeds: 2))
    let runs = (0..<2).map {
      bakeoff.contestants[0].run(rate: 0, seed: $0, of: bakeoff.search).recipe
    }
    #expect(runs.map(\.seed) == [3, 4])
    #expect(runs.map(\.data.splitSeed) == [nil, 3])
  }

  @Test("Rows that cannot be measured are found before anything is trained")
  func retained() throws {
    try folder.file("bad.bin", [UInt8](repeating: 255, count: 64))
    for (retain, words) in [("nowhere.bin", "there is no such file"), ("bad.bin", "65535")] {
      let bakeoff = try Bakeoff(
        recipe, [BakeoffTuner("lora:r=2"), BakeoffTuner("lora:r=4")], retain: folder.path(retain))
      #expect(
        message { try bakeoff.run { _ in Issue.record("it has begun") } }?.contains(words) == true)
      #expect(!folder.exists("out"))
    }
    var fresh = recipe
    fresh.data.labels = .auto
    #expect(
      message {
        _ = try Bakeoff(
          fresh, [BakeoffTuner("lora:r=2"), BakeoffTuner("lora:r=4")],
          retain: folder.path("retain.bin"))
      }?.hasPrefix("what was forgotten cannot be measured") == true)
  }

  @Test("What cannot be searched for")
  func mistakes() throws {
    var plain = recipe
    plain.data.eval = nil
    #expect(
      message {
        _ = try Bakeoff(
          plain, [BakeoffTuner("lora:r=2"), BakeoffTuner("lora:r=4")],
          search: BakeoffSearch(learningRates: [1, 2]))
      }?.hasPrefix("learning rates are compared by evaluations") == true)
    var long = recipe
    (long.length, long.evalEvery) = (.epochs(1), nil)
    #expect(
      message {
        _ = try Bakeoff(
          long, [BakeoffTuner("lora:r=2"), BakeoffTuner("lora:r=4")],
          search: BakeoffSearch(learningRates: [1, 2]))
      }?.hasPrefix("learning rates are compared in the middle of runs") == true)
  }
}
