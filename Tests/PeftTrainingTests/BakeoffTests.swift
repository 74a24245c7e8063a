import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("A bake-off") struct BakeoffTests {
  private let folder: TemporaryFolder
  private let recipe: TrainingRecipe

  init() throws {
    folder = try TemporaryFolder()
    recipe = try folder.countingRecipe(steps: 6)
  }

  private func bakeoff(
    _ tuners: String..., output: String = "out", budget: String? = nil,
    learningRates: [String: Double] = [:]
  ) throws -> Bakeoff {
    var recipe = recipe
    recipe.output = "\(folder.path)/\(output)"
    return try Bakeoff(
      recipe, tuners.map { try BakeoffTuner($0) }, budget: budget.map(ParameterBudget.init),
      learningRates: learningRates)
  }

  @Test("Tuners that start at zero see the same batches: their first losses are the same bits")
  func sameData() throws {
    let bakeoff = try bakeoff("lora:r=4", "randlora:r=3,randlora_alpha=60")
    try bakeoff.run()
    let results = try bakeoff.results().results
    #expect(results.map(\.training.count) == [6, 6])
    #expect(results[0].firstLoss == results[1].firstLoss)
    #expect(results[0].lastLoss != results[1].lastLoss)
  }

  @Test("The table has a row for each tuner; times and memory can be left out")
  func table() throws {
    let bakeoff = try bakeoff("lora:r=4", "randlora:match", learningRates: ["lora": 1e-2])
    try bakeoff.run()
    let results = try bakeoff.results()
    #expect(
      try results.report(as: .table, showsCosts: false) == """
          tuner     settings                trained    rate  first loss  last loss  best eval  accuracy
        gpt2 · 25,134 parameters · 6 steps
          lora      r=4                       1,280  1.0e-2     10.4990    10.0723     8.8257      0.9%
          randlora  r=3, randlora_alpha=60    1,204  1.0e-3     10.4990    10.5407     9.7983      0.9%

        """)
    let costs = try results.report(as: .table).split(separator: "\n").first ?? ""
    #expect(costs.hasSuffix("per step  memory     file"))
    for result in results.results {
      #expect(try #require(result.secondsPerStep) > 0)
      #expect(try #require(result.plannedBytes) > 4 * result.contestant.budget.trainableParameters)
      #expect(try #require(result.adapterBytes) > 4 * result.contestant.budget.trainableParameters)
    }
    let svg = try String(contentsOfFile: bakeoff.chartPath, encoding: .utf8)
    #expect(svg.contains("randlora, evaluated"))
  }

  @Test("One that is stopped goes on, and ends with the same bits")
  func resume() throws {
    let whole = try bakeoff("lora:r=4", "randlora:match", output: "whole")
    try whole.run()
    // After steps 3 and 9 of all, which are in the first run and in the second one.
    try run(bakeoff("lora:r=4", "randlora:match", output: "parts"), steps: 3)
    try run(Bakeoff(resuming: "\(folder.path)/parts"), steps: 6)
    let rest = try Bakeoff(resuming: "\(folder.path)/parts", threads: 1)
    try rest.run()
    #expect(rest.isFinished)
    let (expected, found) = (try whole.results().results, try rest.results().results)
    #expect(found.map(\.training) == expected.map(\.training))
    #expect(found.map(\.evaluation) == expected.map(\.evaluation))
  }

  /// Stops after so many steps.
  private func run(_ bakeoff: Bakeoff, steps: Int) throws {
    var left = steps
    try bakeoff.run(until: {
      left -= 1
      return left <= 0
    })
    #expect(!bakeoff.isFinished)
  }

  @Test("One that is finished has nothing left to do, and still knows its results")
  func finished() throws {
    try bakeoff("lora:r=4", "randlora:match").run()
    let again = try Bakeoff(resuming: recipe.output)
    try again.run { _ in Issue.record("all was done") }
    #expect(try again.results().results.map(\.training.count) == [6, 6])
  }

  @Test("A run that was killed before it saved begins again")
  func killed() throws {
    struct Kill: Error {}
    do {
      let first = try bakeoff("lora:r=4", "randlora:match")
      #expect(throws: Kill.self) {
        try first.run { if case .training(_, .step) = $0 { throw Kill() } }
      }
    }
    let second = try Bakeoff(resuming: recipe.output)
    try second.run()
    #expect(try second.results().results.map(\.training.count) == [6, 6])
  }

  @Test("Ranks are brought to the first tuner's parameters, or to a number, and alpha with them")
  func matching() throws {
    let first = try bakeoff("lora:r=4", "randlora:match", "randlora:match,randlora_alpha=5")
    #expect(first.contestants.map(\.name) == ["lora", "randlora-r3-alpha60", "randlora-r3-alpha5"])
    #expect(first.contestants.map(\.budget.trainableParameters) == [1280, 1204, 1204])
    #expect(
      first.contestants.map { $0.budget.settings["randlora_alpha"] }
        == [nil, .integer(60), .integer(5)])
    let all = try bakeoff("lora", "randlora", output: "all", budget: "700")
    #expect(all.contestants.map(\.budget.rank) == [2, 5])
  }

  @Test("A tuner whose numbers run away does not end it for the others")
  func divergence() throws {
    let bakeoff = try bakeoff("lora:r=4", "randlora:match", learningRates: ["lora": 1e30])
    try bakeoff.run()
    let results = try bakeoff.results().results
    #expect(results[0].failure?.contains("not finite") == true)
    #expect(results[1].failure == nil && results[1].training.count == 6)
    #expect(bakeoff.isFinished)
  }

  @Test("What cannot be compared is refused, and leaves no folder behind")
  func mistakes() throws {
    #expect(
      message { _ = try bakeoff("lora:match", "lora") } == """
        'lora:match' has no tuner before it to match
          fix: give the tuner that it shall match first, or a number: --budget 500k
        """)
    #expect(message { _ = try bakeoff("lora") }?.contains("two tuners or more") == true)
    #expect(
      message { _ = try bakeoff("lora", "lora:r=8") }?.contains("are the same: r=8") == true)
    #expect(
      message { _ = try bakeoff("lora", "randlora:match,r=4") }?.contains("gives r, and") == true)
    #expect(message { _ = try bakeoff("lora", "randlara") }?.contains("'randlora'") == true)
    #expect(
      message { _ = try bakeoff("lora", "randlora", learningRates: ["lore": 1]) }?
        .contains("did you mean 'lora'?") == true)
    var recipe = recipe
    recipe.data.train = ["\(folder.path)/none.bin"]
    let tuners = try ["lora", "randlora"].map { try BakeoffTuner($0) }
    #expect(
      folder.message { try Bakeoff(recipe, tuners).run() } == """
        none.bin: there is no such file
          fix: check the path
        """)
    #expect(try folder.names() == ["eval.bin", "train.bin"])
  }

  @Test("A folder holds one bake-off, and no run beside it")
  func otherFolders() throws {
    func refusal() -> String? { message { _ = try bakeoff("lora", "randlora") } }
    var path = ""
    do {
      let bakeoff = try bakeoff("lora:r=1", "randlora")
      try bakeoff.run(until: { true })
      path = bakeoff.path
      #expect(refusal()?.contains("in use by another run") == true)
    }
    #expect(refusal()?.contains("'peft bakeoff --resume \(path)'") == true)
    #expect(
      message { _ = try self.bakeoff("lora", "randlora", output: "out/lora") }?
        .contains("holds a run of 'peft train'") == true)
    #expect(
      message { _ = try Bakeoff(resuming: "\(path)/lora") }?.contains("no bake-off") == true)
  }
}
