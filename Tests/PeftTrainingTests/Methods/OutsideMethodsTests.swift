import Peft
import PeftTestSupport
import Testing

/// An optimizer from outside: the sign of a sum of gradients, its direction chosen by word.
private struct SignDescent: OptimizerMethod {
  enum Direction: String, ConfigurationChoice { case down, up }

  var direction = Direction.down
  var strength = 1.0

  static let name = "sign_descent"
  static let defaultLearningRate = 2e-3
  static let defaultWeightDecay = 0.25
  static let fields: [ConfigurationField<SignDescent>] = [
    ConfigurationField("direction", \.direction, "Where to."),
    ConfigurationField("strength", \.strength, "How much.", rule: .atLeast(0)),
  ]

  func validate() throws(ConfigurationError) {
    guard direction == .up, strength > 1 else { return }
    throw .contradiction(
      fields: ["strength"], problem: "strength is too much upwards", fix: "lower strength")
  }

  /// One sum for each row.
  func state(of shape: [Int]) -> [(name: String, count: Int)] { [("row_sum", shape.first ?? 1)] }

  func step(_ step: OptimizerStep) {
    let width = step.count / (step.shape.first ?? 1)
    let rate = Float(step.learningRate * strength) * (direction == .down ? 1 : -1)
    for entry in 0..<step.count {
      step.state[0][entry / width] += step.gradient[entry] * step.gradientScale
    }
    for entry in 0..<step.count {
      step.values[entry] -= step.state[0][entry / width] < 0 ? -rate : rate
    }
  }
}

/// A schedule from outside: one level after the other.
private struct StairsSchedule: LearningRateSchedule {
  var height = 0.5

  static let name = "stairs"
  static let fields: [ConfigurationField<StairsSchedule>] = [
    ConfigurationField("height", \.height, "Factor of each level.", rule: .finite)
  ]

  func factor(step: Int, in run: ScheduledRun) -> Double { step % 2 == 0 ? 1 : height }

  func validate(in run: ScheduledRun) throws(ConfigurationError) {
    guard run.steps > 100 else { return }
    throw .contradiction(
      fields: ["height"], problem: "\(run.steps) steps are too many stairs", fix: "train shorter")
  }
}

@Suite("Optimizers and schedules from outside") struct OutsideMethodsTests {
  private let catalog: TrainingCatalog
  private let folder: TemporaryFolder

  init() throws {
    var catalog = TrainingCatalog.standard
    try catalog.methods.register(SignDescent.self)
    try catalog.methods.register(StairsSchedule.self)
    self.catalog = catalog
    folder = try TemporaryFolder()
  }

  private func recipe(
    _ optimizer: String = "{sign_descent: {direction: up}}",
    schedule: String = "{stairs: {height: 0.25}}", output: String = "out", more: String = ""
  ) throws -> TrainingRecipe {
    let bytes = (0..<700).flatMap { (index: Int) -> [UInt8] in [UInt8(index * 7 % 61), 0] }
    let tokens = try folder.file("tokens.bin", bytes)
    return try TrainingRecipe(
      text: """
        model: \(Fixture.path("checkpoints/gpt2"))
        tuner: {lora: {r: 2, target_modules: [c_attn]}}
        data: \(tokens)
        batch_size: 2
        sequence_length: 8
        optimizer: \(optimizer)
        schedule: \(schedule)
        output: \(folder.path)/\(output)
        \(more)
        """, path: "r.yaml", catalog: catalog)
  }

  @Test("A recipe names them, and is written with all of their fields")
  func written() throws {
    let recipe = try recipe()
    #expect(recipe.optimizer.learningRate == 2e-3 && recipe.optimizer.weightDecay == 0.25)
    #expect(recipe.text.contains("  sign_descent:\n    learning_rate: 0.002\n"))
    #expect(recipe.text.contains("    direction: up\n    strength: 1\n"))
    #expect(recipe.text.contains("  stairs:\n    warmup_steps: 0\n"))
    #expect(try TrainingRecipe(text: recipe.text, catalog: catalog) == recipe)
    #expect(throws: Never.self) { try recipe.check() }
    let help = RecipeHelp.fields(catalog).text(isStyled: false).split(separator: "\n")
    #expect(["optimizer: sign_descent", "schedule: stairs"].filter { !help.contains($0) } == [])
  }

  @Test(
    "Their mistakes are said with place and fix",
    arguments: [
      ("sign_descnt", "no optimizer is called 'sign_descnt'", "did you mean 'sign_descent'?"),
      ("{sign_descent: {strength: -1}}", "strength must be at least 0.0, not -1", "choose a value"),
      ("{sign_descent: {stength: 1}}", "sign_descent has no field 'stength'", "'strength'?"),
      ("{sign_descent: {decay: 1}}", "has no field 'decay'", "write 'weight_decay'"),
      (
        "{sign_descent: {direction: donw}}", "direction must be down, up, not 'donw'",
        "did you mean 'down'?"
      ),
      ("{adamw: {direction: up}}", "adamw has no field 'direction'", "or choose sign_descent"),
      (
        "{sign_descent: {direction: up, strength: 2}}",
        "r.yaml:6:53: strength is too much upwards", "lower strength"
      ),
    ])
  func mistakes(optimizer: String, problem: String, fix: String) throws {
    let message = try #require(message { _ = try recipe(optimizer) })
    #expect(message.contains(problem) && message.contains("fix: ") && message.contains(fix))
  }

  @Test("A schedule sees the run's length where the recipe says it, or else where the data do")
  func lengths() throws {
    #expect(message { _ = try recipe(more: "steps: 101") }?.contains("101 steps are too") == true)
    let endless = try recipe(more: "epochs: 1000")
    #expect(message { _ = try Trainer(endless) }?.contains("steps are too many stairs") == true)
  }

  @Test("A run with them is stopped and goes on with the same bits")
  func resumed() throws {
    let whole = try Trainer(recipe(output: "whole", more: "steps: 5"))
    try whole.run()
    do {
      let stopped = try Trainer(recipe(output: "stopped", more: "steps: 5"))
      try stopped.run(until: { stopped.startStep == 2 })
    }
    let path = "\(folder.path)/stopped"
    #expect(
      message { _ = try Trainer(resuming: path) }?.contains("is called 'sign_descent'") == true)
    let resumed = try Trainer(resuming: path, catalog: catalog)
    #expect(resumed.startStep == 2)
    try resumed.run()
    let (found, expected) = (resumed.weights.tensors, whole.weights.tensors)
    #expect(found.mapValues { $0.floats() } == expected.mapValues { $0.floats() })
    #expect(expected.count == 4)
    let state = try SafetensorsFile(path: "\(path)/state/training_state.safetensors")
    let sums = state.names.filter { $0.hasPrefix("optimizer.row_sum.") }
    #expect(sums.compactMap { state.tensor($0)?.shape }.sorted { $0[0] < $1[0] }.first == [2])
    #expect(sums.count == 4)
  }

  @Test("A bake-off with them goes on, too")
  func bakeoff() throws {
    var recipe = try recipe(more: "steps: 3")
    recipe.output = "\(folder.path)/bakeoff"
    do {
      let bakeoff = try Bakeoff(
        recipe, [BakeoffTuner("lora:r=1"), BakeoffTuner("lora:r=2")], catalog: catalog)
      try bakeoff.run(until: { true })
      #expect(!bakeoff.isFinished)
    }
    let resumed = try Bakeoff(resuming: recipe.output, catalog: catalog)
    try resumed.run()
    #expect(resumed.isFinished)
    #expect(resumed.contestants.map(\.recipe.optimizer.name) == ["sign_descent", "sign_descent"])
  }

  @Test("A name is registered once")
  func duplicates() {
    var methods = catalog.methods
    #expect(
      message { try methods.register(SignDescent.self) }
        == "the optimizer 'sign_descent' is registered already\n  fix: give the new one another name"
    )
    let schedule = message { try methods.register(StairsSchedule.self) }
    #expect(schedule?.hasPrefix("the schedule 'stairs' is registered already") == true)
    #expect(methods.optimizers.count == TrainingMethods.standard.optimizers.count + 1)
  }
}
