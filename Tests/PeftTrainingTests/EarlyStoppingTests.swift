import Peft
import PeftTestSupport
import Testing

@testable import PeftTraining

/// Series of evaluations, as `early_stopping.py` records them.
private struct Recorded: Decodable, Sendable {
  let metric: String
  let patience: Int
  let threshold: Double
  let values: [Double?]
  let best: [Bool]
  let counts: [Int]
  let stop: Int?

  static let all = Result {
    try Fixture.rows("early_stopping.json", at: "rows", as: Recorded.self, exactly: 60)
  }

  func rule() throws -> EarlyStopping {
    EarlyStopping(
      patience: patience, metric: try #require(EarlyStopping.Metric(rawValue: metric)),
      threshold: threshold)
  }
}

@Suite("Early stopping") struct EarlyStoppingTests {
  @Test("Evaluations are counted as transformers counts them, wherever the count is taken up again")
  func recorded() throws {
    for row in try Recorded.all.get() {
      let rule = try row.rule()
      var progress = EvaluationProgress()
      var stop: EarlyStop?
      for (index, value) in row.values.enumerated() {
        let isBest = progress.note(value, step: 10 * (index + 1), by: rule)
        #expect(isBest == row.best[index], "\(row)")
        #expect(progress.withoutImprovement == row.counts[index], "\(row)")
        stop = stop ?? progress.stop(after: 10 * (index + 1), by: rule)
        progress = try EvaluationProgress(.map(progress.json))
      }
      #expect(stop.map(\.step) == row.stop.map { 10 * $0 }, "\(row)")
      #expect(stop?.evaluationCount == row.stop.map { _ in row.patience })
      #expect(progress.best?.step == (row.best.lastIndex(of: true)).map { 10 * ($0 + 1) })
    }
  }

  @Test("Without early stopping the lowest loss is best, and nothing ends the run")
  func off() {
    var progress = EvaluationProgress()
    var found: [Bool] = []
    for loss in [3, 2, 2.5, .infinity, .nan, 2, 1] {
      found.append(progress.note(loss, step: 1, by: EarlyStopping()))
    }
    #expect(found == [true, true, false, false, false, false, true])
    found = [progress.note(nil, step: 1, by: EarlyStopping())]
    #expect(found == [false])
    #expect(progress.stop(after: 1, by: nil) == nil)
  }

  @Test("A state of a former release has the lowest loss alone")
  func oldState() throws {
    var progress = try EvaluationProgress(["step": .integer(4), "bestLoss": .number(2.5)])
    #expect(progress.best == EvaluationProgress.Best(step: nil, value: 2.5))
    #expect(progress.withoutImprovement == 0)
    let (worse, better) = (
      progress.note(3, step: 5, by: EarlyStopping()), progress.note(2, step: 6, by: EarlyStopping())
    )
    #expect(!worse && better)
    #expect(try EvaluationProgress(["step": .integer(4)]).best == nil)
  }

  @Test("Reasons say how many evaluations were no better")
  func reasons() {
    var progress = EvaluationProgress()
    let rule = EarlyStopping(patience: 1, metric: .accuracy)
    _ = progress.note(0.5, step: 2, by: rule)
    _ = progress.note(0.5, step: 4, by: rule)
    let stop = progress.stop(after: 4, by: rule)
    #expect(stop?.reason == "eval accuracy has not improved in 1 evaluation")
    #expect(stop?.bestStep == 2 && stop?.best == 0.5)
    #expect(rule.metric.text(of: 0.5) == "50.0 %")
    #expect(EarlyStopping.Metric.loss.text(of: 0.5) == "0.5000")
  }
}

@Suite("Early stopping in recipes") struct EarlyStoppingRecipeTests {
  private static let start = """
    model: gpt2
    tuner: lora
    output: run
    data: {train: t.txt, eval: e.txt}
    eval_every: 5

    """

  private func recipe(_ text: String, _ overrides: [RecipeOverride] = []) throws -> TrainingRecipe {
    try TrainingRecipe(text: Self.start + text, path: "r.yaml", overriding: overrides)
  }

  @Test(
    "What is left out has its default, and a recipe reads back as it is written",
    arguments: [
      ("", nil), ("early_stopping: null", nil), ("early_stopping: {}", EarlyStopping()),
      ("early_stopping: {patience: 5}", EarlyStopping(patience: 5)),
      (
        "early_stopping: {metric: accuracy, threshold: 0.01}",
        EarlyStopping(metric: .accuracy, threshold: 0.01)
      ),
      ("early_stopping: {metric: f1, patience: 1}", EarlyStopping(patience: 1, metric: .f1)),
    ] as [(String, EarlyStopping?)])
  func fields(text: String, expected: EarlyStopping?) throws {
    let recipe = try recipe(text)
    #expect(recipe.earlyStopping == expected)
    #expect(recipe.metric == expected?.metric ?? .loss)
    #expect(try TrainingRecipe(text: recipe.text) == recipe)
  }

  @Test("Fields replace those of a file one by one, and turn it on")
  func overrides() throws {
    func field(_ name: String, _ value: ConfigurationValue) -> RecipeOverride {
      RecipeOverride(
        flag: "--early-stopping-\(name)", field: "early_stopping.\(name)", value: value)
    }
    #expect(
      try recipe("", [field("patience", .integer(2))]).earlyStopping == EarlyStopping(patience: 2))
    #expect(
      try recipe("early_stopping: {patience: 7}", [field("metric", .text("accuracy"))])
        .earlyStopping == EarlyStopping(patience: 7, metric: .accuracy))
    let error = message {
      _ = try recipe("", [field("patience", .integer(0)), field("metric", .text("accuray"))])
    }
    #expect(
      error == """
        --early-stopping-patience: patience must be at least 1, not 0
          fix: choose a value for patience that is at least 1
        --early-stopping-metric: metric must be loss, accuracy, f1, not 'accuray'
          fix: did you mean 'accuracy'?
        """)
  }

  @Test(
    "A mistake is said once, with its place",
    arguments: [
      (
        "early_stopping: {patience: 0}", "r.yaml:6:28: patience must be at least 1, not 0",
        "choose a value for patience"
      ),
      (
        "early_stopping: 3",
        "r.yaml:6:17: early_stopping must be a map such as {patience: 3, metric: loss}, or null, not 3",
        "give early_stopping"
      ),
      (
        "early_stopping: {patiense: 3}", "r.yaml:6:18: early_stopping has no field 'patiense'",
        "did you mean 'patience'?"
      ),
      (
        "early_stopping: {early_stopping_patience: 3}", "has no field 'early_stopping_patience'",
        "write 'patience'"
      ),
      (
        "early_stopping_patience: 3", "a recipe has no field 'early_stopping_patience'",
        "put 'patience' into early_stopping"
      ),
      (
        "metric_for_best_model: loss", "a recipe has no field 'metric_for_best_model'",
        "put 'metric' into early_stopping"
      ),
      ("early_stopping: {metric: los}", "metric must be loss, accuracy, f1, not 'los'", "'loss'?"),
      (
        "early_stopping: {threshold: -1}", "threshold must be a finite number, at least 0, not -1",
        "choose a value"
      ),
    ])
  func mistakes(text: String, problem: String, fix: String) throws {
    let message = try #require(message { _ = try recipe(text) })
    #expect(message.contains(problem) && message.contains(fix), "\(message)")
    #expect(message.components(separatedBy: "  fix: ").count == 2, "\(message)")
  }

  @Test(
    "It needs evaluation data and a number of steps between evaluations, which is one mistake",
    arguments: [
      (
        "data: t.txt", "there is no evaluation data and no eval_every",
        "give data an 'eval: eval.jsonl' and write 'eval_every: 100' for evaluations every 100 steps, "
          + "or remove early_stopping"
      ),
      (
        "data: {train: t.txt, eval: e.txt}", "there is no eval_every",
        "write 'eval_every: 100' for evaluations every 100 steps, or remove early_stopping"
      ),
      (
        "data: t.txt\neval_every: 5", "there is no evaluation data",
        "give data an 'eval: eval.jsonl', or remove early_stopping"
      ),
    ])
  func neverEvaluated(text: String, problem: String, fix: String) {
    let recipe = "early_stopping: {patience: 2}\nmodel: gpt2\ntuner: lora\noutput: run\n\(text)"
    let found = message { _ = try TrainingRecipe(text: recipe, path: "r.yaml") }
    let lines = found?.split(separator: "\n")
    #expect(lines?.first == "r.yaml:1:17: early_stopping compares evaluations, but \(problem)")
    #expect(lines?.last == "  fix: \(fix)")
    #expect(lines?.count == 4, "\(found ?? "")")
  }

  @Test("A recipe made in Swift is checked alike")
  func madeInSwift() throws {
    var recipe = try recipe("")
    recipe.earlyStopping = EarlyStopping(patience: 0, threshold: .nan)
    recipe.evalEvery = nil
    let lines = message { try recipe.check() }?.split(separator: "\n")
      .filter { $0.hasPrefix("recipe") }
    #expect(
      lines == [
        "recipe: patience must be at least 1, not 0",
        "recipe: threshold must be a finite number, at least 0, not nan",
        "recipe: early_stopping compares evaluations, but there is no eval_every",
      ])
  }

  @Test("When a run goes on, its patience may have changed, but not what is compared")
  func changes() throws {
    let before = try recipe("early_stopping: {patience: 3}")
    #expect(try recipe("early_stopping: {patience: 9, threshold: 1}").changes(from: before) == [])
    #expect(try recipe("").changes(from: before) == [])
    #expect(
      try recipe("early_stopping: {metric: accuracy}").changes(from: before)
        == ["early_stopping.metric"])
  }
}
