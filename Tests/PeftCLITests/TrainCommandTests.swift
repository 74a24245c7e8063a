import ArgumentParser
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@testable import PeftCommands

/// An optimizer that changes nothing.
private struct StandStill: OptimizerMethod {
  static let name = "stand_still"
  static let defaultLearningRate = 0.0
  func state(of shape: [Int]) -> [(name: String, count: Int)] { [] }
  func step(_ step: OptimizerStep) {}
}

@Suite("peft train") struct TrainCommandTests {
  private func recipe(
    _ arguments: String..., catalog: TrainingCatalog = .standard
  ) throws -> TrainingRecipe {
    try Known.$catalog.withValue(catalog) { try TrainCommand.parse(arguments).recipe() }
  }

  /// What is said about a command line that is wrong.
  private func refusal(_ arguments: String...) -> String? {
    do { _ = try TrainCommand.parse(arguments) } catch {
      #expect(TrainCommand.exitCode(for: error) == .validationFailure)
      return TrainCommand.fullMessage(for: error)
    }
    return nil
  }

  private static let text = """
    model: gpt2
    tuner: lora
    data: train.jsonl
    output: runs/first
    """

  @Test("Nothing at all is answered with what a recipe is")
  func nothing() throws {
    let message = try #require(refusal())
    #expect(
      message.hasPrefix("Error: Say what to train: give a recipe, a file such as\n\n  model: "))
    #expect(message.contains("peft train --model <model> --tuner <tuner> --data <file>"))
  }

  @Test("The recipe that is shown is one")
  func shownRecipes() throws {
    for example in [RecipeHelp.shortExample, RecipeHelp.example] {
      #expect(try TrainingRecipe(text: example).output == "runs/first")
    }
    let isFirstExample =
      TrainCommand.helpMessage().contains("EXAMPLES\n  peft train recipe.yaml\n")
    #expect(isFirstExample)
  }

  @Test("Every field of a recipe is explained")
  func fields() {
    let lines = RecipeHelp.fields(.standard).text(isStyled: false).split(separator: "\n")
    for field in [
      "tuner", "eval_every", "early_stopping", "patience", "packed", "nesterov",
      "end_learning_rate", "betas",
    ] {
      let isExplained = lines.contains { $0.hasPrefix("  \(field)") }
      #expect(isExplained, "\(field)")
    }
  }

  @Test(
    "What a field accepts is said once, type and rule in one",
    arguments: [
      ("output", "a path"), ("learning_rate", "a finite number, at least 0"),
      ("clip_grad_norm", "a finite number, at least 0, or null"),
      ("learning_rate_factors", "a map, each value of it a finite number, at least 0"),
      ("betas", "a list of two numbers from 0 up to but not including 1"),
      ("beta2_decay", "a finite number, at most 0"), ("log_every", "a whole number, at least 1"),
    ])
  func expectations(field: String, expected: String) throws {
    let lines = RecipeHelp.fields(.standard).text(isStyled: false).split(separator: "\n")
    let line = try #require(lines.firstIndex { $0.hasPrefix("  \(field) ") })
    #expect(lines[line + 1].drop { $0 == " " } == expected)
  }

  @Test("Optimizers from outside are known to flags and help, where the command has them")
  func outsideOptimizers() throws {
    var catalog = TrainingCatalog.standard
    try catalog.methods.register(StandStill.self)
    func recipe(_ catalog: TrainingCatalog) throws -> TrainingRecipe {
      try self.recipe(
        "--model", "gpt2", "--tuner", "lora", "--data", "t", "--output", "o", "--optimizer",
        "stand_still", "--weight-decay", "0.5", catalog: catalog)
    }
    let optimizer = try recipe(catalog).optimizer
    #expect(optimizer == OptimizerRecipe(StandStill(), weightDecay: 0.5))
    let help = Known.$catalog.withValue(catalog) { TrainCommand.helpMessage() }
      .split(whereSeparator: \.isWhitespace)
    let names = catalog.methods.optimizers.dropLast().map { $0.name }.joined(separator: ", ")
    #expect(help.joined(separator: " ").contains("\(names) or stand_still, with settings"))
    #expect(throws: DescriptionErrors.self) { try recipe(.standard) }
  }

  @Test("Every format of data is explained, and named where data are asked for")
  func formats() {
    let explained = RecipeHelp.fields(.standard).text(isStyled: false).split(separator: "\n")
    let named = TrainCommand.helpMessage().split { $0.isWhitespace || ",()".contains($0) }
      .map { $0.hasSuffix(".") ? $0.dropLast() : $0 }
    let endings = DataFormats.standard.endings + [".gz"]
    #expect(endings.filter { ending in !explained.contains { $0.hasPrefix("  \(ending) ") } } == [])
    #expect(endings.filter { !named.contains(Substring($0)) } == [])
    #expect(explained.contains { $0.hasSuffix(" One JSON object per line.") })
  }

  @Test("Flags alone make the recipe that the same fields make")
  func flagsAlone() throws {
    let found = try recipe(
      "--model", "gpt2", "--weights", "w.safetensors", "--tuner", "lora:r=4", "--data", "t.jsonl",
      "--eval", "e.jsonl", "--tokenizer", "bytes", "--text", "{a: 1} #", "--prompt", "null",
      "--target", "3", "--label", "true", "--packed", "--no-shuffle", "--sequence-length", "64",
      "--batch-size", "2", "--accumulate", "3", "--steps", "100", "--optimizer",
      "lion:betas=[0.5,0.75]", "--learning-rate", "1e-5", "--weight-decay", "0.5",
      "--loraplus-lr-ratio", "16", "--schedule", "cosine:cycles=1", "--warmup-steps", "5",
      "--clip-grad-norm", "0", "--label-smoothing", "0.25", "--problem-type",
      "single_label_classification", "--dropout", "0.5", "--output", "run", "--save-every", "7",
      "--eval-every", "8", "--early-stopping-patience", "5", "--early-stopping-metric", "accuracy",
      "--log-every", "9", "--tensorboard", "--seed", "6", "--threads", "2")
    let expected = try TrainingRecipe(
      text: """
        {model: gpt2, weights: w.safetensors, tuner: {lora: {r: 4}}, data: {train: t.jsonl,
         eval: e.jsonl, tokenizer: bytes, text: "{a: 1} #", prompt: "null", target: "3",
         label: "true", packed: true, shuffle: false}, sequence_length: 64, batch_size: 2,
         accumulate: 3, steps: 100, optimizer: {lion: {betas: [0.5, 0.75], learning_rate: 1e-5,
         weight_decay: 0.5, loraplus_lr_ratio: 16}}, schedule: {cosine: {cycles: 1,
         warmup_steps: 5}}, clip_grad_norm: null, label_smoothing: 0.25,
         problem_type: single_label_classification, dropout: 0.5, output: run, save_every: 7,
         eval_every: 8, early_stopping: {patience: 5, metric: accuracy}, log_every: 9, tensorboard: true, seed: 6, threads: 2}
        """)
    #expect(found == expected)
    #expect(
      try recipe(
        "--model", "gpt2", "--adapter", "a", "--data", "t", "--output", "o", "--epochs", "0.5"
      ).length == .epochs(0.5))
  }

  @Test("Flags replace a recipe's fields")
  func overrides() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("recipe.yaml", Self.text)
    let found = try recipe(path, "--steps", "10", "--tuner", "randlora:r=8", "--output", "other")
    var expected = try TrainingRecipe(text: Self.text)
    expected.start = .tuner(try TunerRequest("randlora:r=8").single())
    expected.length = .steps(10)
    expected.output = "other"
    #expect(found == expected)
  }

  @Test("What does not go together is refused")
  func contradictions() {
    #expect(refusal("--resume", "run", "--steps", "3")?.contains("without '--steps'") == true)
    #expect(refusal("recipe.yaml", "--resume", "run")?.contains("without 'recipe.yaml'") == true)
    #expect(refusal("--fields", "--steps", "3")?.contains("goes without '--steps'") == true)
    #expect(refusal("--steps", "3x")?.contains("'3x' is invalid for '--steps <steps>'") == true)
  }

  @Test("A flag's value is checked like a field's")
  func values() {
    let error = #expect(throws: DescriptionErrors.self) {
      try recipe("--model", "gpt2", "--tuner", "lora", "--data", "t", "--steps", "0")
    }
    #expect(
      error?.description == """
        --steps: steps must be from 1 to 1000000000000, not 0
          fix: choose a value for steps that is from 1 to 1000000000000
        output is missing: nothing says where the run is kept
          fix: write 'output: runs/first', or give --output
        """)
  }
}
