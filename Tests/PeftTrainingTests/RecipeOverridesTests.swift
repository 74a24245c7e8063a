import Peft
import PeftTestSupport
import Testing

@Suite("Fields that replace a recipe's") struct RecipeOverridesTests {
  private func field(_ field: String, _ value: ConfigurationValue) -> RecipeOverride {
    RecipeOverride(flag: "--\(field)", field: field, value: value)
  }

  @Test("A recipe can be made of single fields")
  func alone() throws {
    let recipe = try TrainingRecipe([
      field("model", .text("gpt2")), field("tuner", .text("lora:r=4")),
      field("data", .text("train.txt")), field("data.text", .text("{a} => {b}")),
      field("optimizer.learning_rate", .number(1e-4)), field("output", .text("run")),
      field("steps", .integer(10)),
    ])
    var expected = TrainingRecipe(
      model: "gpt2", start: .tuner(LoraConfig(r: 4)),
      data: DataSettings(train: "train.txt", text: "{a} => {b}"), output: "run")
    expected.length = .steps(10)
    expected.optimizer.learningRate = 1e-4
    #expect(recipe == expected)
  }

  @Test("What is missing is said without a file")
  func missing() {
    #expect(
      message { _ = try TrainingRecipe([field("tuner", .text("lora"))]) }?.hasPrefix(
        "model is missing: nothing says what is trained\n  fix: write 'model: gpt2'") == true
    )
  }

  @Test("A field is replaced, and what it rules out with it")
  func replaced() throws {
    let recipe = try TrainingRecipe(
      text: TrainingRecipeTests.example,
      overriding: [
        field("epochs", .integer(3)), field("adapter", .text("runs/zero")),
        field("schedule.warmup_ratio", .number(0.5)), field("optimizer.weight_decay", .integer(0)),
        field("data", .text("other.jsonl")),
      ])
    #expect(recipe.length == .epochs(3))
    #expect(recipe.start == .adapter("runs/zero"))
    #expect(recipe.schedule == ScheduleRecipe(CosineSchedule(), warmup: .ratio(0.5)))
    #expect(recipe.optimizer == OptimizerRecipe(AdamW(), learningRate: 1e-3, weightDecay: 0))
    #expect(recipe.data.train == "other.jsonl" && recipe.data.eval == "eval.jsonl")
  }

  @Test("A method or a shape is replaced as a whole, before its own fields")
  func parts() throws {
    let recipe = try TrainingRecipe(
      text: TrainingRecipeTests.example,
      overriding: [
        field("optimizer.momentum", .number(0.9)), field("optimizer", .text("sgd")),
        field("schedule", .text("constant")),
      ])
    #expect(recipe.optimizer == OptimizerRecipe(SGD(momentum: 0.9)))
    #expect(recipe.schedule == ScheduleRecipe())
  }

  @Test("Two flags that rule each other out are a mistake")
  func contradiction() {
    let overrides = [field("steps", .integer(3)), field("epochs", .integer(3))]
    #expect(
      message {
        _ = try TrainingRecipe(text: TrainingRecipeTests.example, overriding: overrides)
      }?.contains("steps and epochs are both given") == true)
  }
}
