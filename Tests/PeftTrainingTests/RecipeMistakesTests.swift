import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Mistakes in recipes") struct RecipeMistakesTests {
  private func lines(_ text: String, _ overrides: [RecipeOverride] = []) -> [String] {
    do throws(DescriptionErrors) {
      _ = try TrainingRecipe(text: text, path: "r.yaml", overriding: overrides)
    } catch {
      return error.errors.map { "\($0)".split(separator: "\n").first.map(String.init) ?? "" }
    }
    return []
  }

  /// What is wrong with a recipe to which `text` is added, and how it is put right.
  private func mistake(_ text: String, start: String = "tuner: lora") -> String? {
    let recipe = "model: gpt2\ndata: t.txt\noutput: run\n\(start)\n\(text)"
    return message { _ = try TrainingRecipe(text: recipe, path: "r.yaml") }
  }

  @Test("Ten mistakes are reported at once, each with its line and column")
  func tenMistakes() {
    let text = """
      model: 3
      tuner: {lora: {r: 0, lora_alhpa: 16}}
      data: {train: train.jsonl, tokeniser: bytes}
      batch_sise: 8
      batch_size: 0
      steps: 100
      epochs: 2
      optimizer: {adamw: {learning_rate: -1, momentum: 0.9}}
      schedule: {cosin: {warmup_steps: 50}}
      dropout: 1
      steps: 200
      """
    #expect(
      lines(text) == [
        "r.yaml:1:8: model must be text, not 3",
        "r.yaml:2:19: r must be at least 1, not 0",
        "r.yaml:2:22: lora has no field 'lora_alhpa' (found 16)",
        "r.yaml:3:28: data has no field 'tokeniser'",
        "r.yaml:4:1: a recipe has no field 'batch_sise'",
        "r.yaml:5:13: batch_size must be from 1 to 1048576, not 0",
        "r.yaml:7:9: steps and epochs are both given, but each says how long the run is",
        "r.yaml:8:36: learning_rate must be a finite number, at least 0, not -1",
        "r.yaml:8:40: adamw has no field 'momentum'",
        "r.yaml:9:12: no schedule is called 'cosin'",
        "r.yaml:10:10: dropout must be from 0 up to but not including 1, not 1",
        "r.yaml:11:1: the key 'steps' is written twice; the first is at line 6",
        "r.yaml:1:1: output is missing: nothing says where the run is kept",
      ])
  }

  @Test("An error shows its line and how to put it right")
  func excerpt() {
    #expect(
      mistake("batch_sise: 8") == """
        r.yaml:5:1: a recipe has no field 'batch_sise'
            5 | batch_sise: 8
              | ^~~~~~~~~~
          fix: did you mean 'batch_size'?
        """)
  }

  @Test(
    "Every mistake says what was found and what was expected",
    arguments: [
      (
        "problem_type: regresion", "must be single_label_classification,",
        "did you mean 'regression'?"
      ),
      ("optimizer: adamv", "no optimizer is called 'adamv'", "did you mean 'adamw'?"),
      ("optimizer: {learning_rate: 1}", "the optimizer is not named", "write {adamw: "),
      ("optimizer: {adamw: {}, sgd: {}}", "one optimizer is expected, but 2 are named", "keep one"),
      ("optimizer: {adamw: 1e-3}", "adamw must be a map of fields, not a number", "{field: value"),
      ("optimizer: 3", "optimizer must be a name, or a map such as {adamw:", "give optimizer"),
      ("optimizer: 'sgd:lr'", "'lr' is not 'field=value'", "write adamw:learning_rate=1e-3"),
      ("optimizer: 'sgd:momentum=0.1|0.2'", "stands for 2 settings", "choose one"),
      (
        "optimizer: {adamw: {betas: [0.9, 1]}}", "betas must be two numbers from 0",
        "choose a value"
      ),
      (
        "optimizer: {adafactor: {eps: [1e-8, null]}}",
        "eps must be two numbers from 0 on, the first or null, not [1e-08, null]",
        "choose a value"
      ),
      ("optimizer: 'adafactor:beta2_decay=0.5'", "beta2_decay must be a finite", "at most 0"),
      ("optimizer: {sgd: {nesterov: true}}", "along a momentum, which is 0", "to 0.9"),
      (
        "optimizer: {sgd: {nesterov: true, momentum: 0.9, dampening: 0.1}}",
        "without dampening, which is 0.1", "set dampening to 0"
      ),
      ("schedule: {cosine: {warmup: 3}}", "cosine has no field 'warmup'", "warmup_steps"),
      (
        "schedule: {linear: {warmup_steps: 3, warmup_ratio: 0.1}}",
        "warmup_steps and warmup_ratio are both given", "remove the other"
      ),
      (
        "steps: 10\nschedule: {linear: {warmup_steps: 11}}",
        "r.yaml:6:35: the warm-up of 11 steps is longer than the run of 10", "at most 10"
      ),
      (
        "schedule: {polynomial: {end_learning_rate: 0.5}}", "ends at 0.5, which is not below",
        "lower end_learning_rate"
      ),
      (
        "schedule: warmup_stable_decay", "r.yaml:5:11: num_decay_steps is missing",
        "write 'num_decay_steps: 100'"
      ),
      (
        "steps: 20\nschedule: {warmup_stable_decay: {warmup_steps: 15, num_decay_steps: 6}}",
        "the warm-up of 15 steps and the decay of 6 are longer than the run of 20",
        "lower num_decay_steps or the warm-up"
      ),
      (
        "schedule: {warmup_stable_decay: {decay_steps: 6}}", "has no field 'decay_steps'",
        "write 'num_decay_steps'"
      ),
      (
        "schedule: {warmup_stable_decay: {decay_type: 1-sqr}}",
        "decay_type must be linear, cosine, 1-sqrt, not '1-sqr'", "did you mean '1-sqrt'?"
      ),
      (
        "learning_rate: 1e-3", "a recipe has no field 'learning_rate'",
        "put 'learning_rate' into optimizer"
      ),
      ("momentum: 0.9", "no field 'momentum'", "put 'momentum' into optimizer: {sgd: {…}}"),
      (
        "optimizer: {adamw: {momentum: 0.9}}", "adamw has no field 'momentum'",
        "remove it, or choose sgd, which has it"
      ),
      ("optimizer: {adamw: {lr: 1}}", "adamw has no field 'lr'", "write 'learning_rate'"),
      ("optimizer: {adamw: {seed: 1}}", "has no field 'seed'", "put 'seed' outside"),
      ("per_device_train_batch_size: 1", "has no field", "write 'batch_size'"),
      ("eval_every: 5", "there is no evaluation data", "give data an 'eval: eval.jsonl'"),
      (
        "problem_type: regression\nlabel_smoothing: 0.1", "which regression does not do",
        "set label_smoothing to 0"
      ),
      ("adapter: runs/first", "tuner and adapter are both given", "remove the other"),
      ("padding: longesst", "padding must be longest, max_length, not", "did you mean 'longest'?"),
      ("threads: .inf", "threads must be a whole number, or null, not inf", "give threads"),
      ("epochs: 0", "epochs must be above 0 and at most 1000000, not 0", "choose a value"),
    ])
  func mistakes(text: String, problem: String, fix: String) throws {
    let message = try #require(mistake(text))
    #expect(message.contains(problem) && message.contains(fix), "\(message)")
    #expect(message.hasPrefix("r.yaml:"))
    #expect(message.components(separatedBy: "  fix: ").count == 2, "\(message)")
  }

  @Test(
    "A tuner's mistakes have their place in the recipe",
    arguments: [
      ("tuner: lorra", "r.yaml:4:8: no tuner is called 'lorra'"),
      ("tuner: 'lora:r=x'", "r.yaml:4:8: r must be a whole number, not \"x\""),
      ("tuner: 'lora:r=1|2'", "r.yaml:4:8: 'lora:r=1|2' stands for 2 settings"),
      ("tuner: {lorra: {r: 1}}", "r.yaml:4:9: no tuner is called 'lorra'"),
      ("tuner: {r: 1}", "r.yaml:4:8: the tuner is not named"),
      ("tuner: [lora]", "r.yaml:4:8: tuner must be a tuner's name, or a map such as"),
      ("tuner: no/where.yaml", "r.yaml:4:8: no/where.yaml: there is no such file"),
      (
        "tuner: {lora: {lora_bias: true, use_dora: true}}",
        "r.yaml:4:27: lora_bias does not go with use_dora"
      ),
      ("tuner: null", "r.yaml:1:1: tuner is missing: there is no adapter to train"),
      ("adapter: 3", "r.yaml:4:10: adapter must be a path, or null, not 3"),
    ])
  func tuners(start: String, problem: String) throws {
    let message = try #require(mistake("", start: start))
    #expect(message.hasPrefix(problem), "\(message)")
    #expect(message.components(separatedBy: "  fix: ").count == 2, "\(message)")
  }

  @Test("A tuner without settings may be written as a key alone")
  func bareTuner() { #expect(mistake("", start: "tuner:\n  lora:") == nil) }

  @Test("What is missing is said, also where there is nothing else")
  func missing() {
    #expect(
      lines("seed: 1").map { $0.prefix { $0 != "," } } == [
        "r.yaml:1:1: model is missing: nothing says what is trained",
        "r.yaml:1:1: tuner is missing: there is no adapter to train",
        "r.yaml:1:1: data is missing: there is nothing to train on",
        "r.yaml:1:1: output is missing: nothing says where the run is kept",
      ])
    #expect(lines("- a") == ["r.yaml:1:1: a recipe must be a map of fields, not a list"])
  }

  @Test("What cannot be read is said, with the keys that were written twice until then")
  func unreadable() {
    #expect(
      lines("seed: 1\nseed: 2\nmodel: [") == [
        "r.yaml:2:1: the key 'seed' is written twice; the first is at line 1",
        "r.yaml:3:9: a value is expected, found the end of the file",
      ])
    #expect(
      message { _ = try TrainingRecipe(path: "no/where.yaml") }?.hasPrefix(
        "no/where.yaml: there is no such file") == true)
  }

  @Test("A flag's mistake names the flag")
  func flags() {
    let recipe = "model: gpt2\ndata: t.txt\noutput: run\ntuner: lora"
    #expect(
      lines(
        recipe,
        [
          RecipeOverride(flag: "--steps", field: "steps", value: .integer(0)),
          RecipeOverride(flag: "--optimizer", field: "optimizer", value: .text("sgdd")),
          RecipeOverride(
            flag: "--learning-rate", field: "optimizer.learning_rate", value: .number(-1)),
          RecipeOverride(flag: "--tuner", field: "tuner", value: .text("lora:r=0")),
        ]) == [
          "--steps: steps must be from 1 to 1000000000000, not 0",
          "--optimizer: no optimizer is called 'sgdd'",
          "--tuner: r must be at least 1, not 0",
          "--learning-rate: learning_rate must be a finite number, at least 0, not -1.0",
        ])
  }

  @Test("A recipe made in Swift is checked alike")
  func madeInSwift() throws {
    var recipe = try TrainingRecipe(text: TrainingRecipeTests.example)
    #expect(throws: Never.self) { try recipe.check() }
    recipe.batchSize = 0
    recipe.optimizer.learningRate = .nan
    recipe.schedule.warmup = .steps(2000)
    recipe.start = .tuner(LoraConfig(r: 0, loraDropout: 1))
    #expect(
      message { try recipe.check() } == """
        recipe: lora_dropout must be from 0 up to but not including 1, not 1
          fix: choose a value for lora_dropout that is from 0 up to but not including 1
        recipe: r must be at least 1, not 0
          fix: choose a value for r that is at least 1
        recipe: batch_size must be from 1 to 1048576, not 0
          fix: choose a value for batch_size that is from 1 to 1048576
        recipe: learning_rate must be a finite number, at least 0, not nan
          fix: choose a value for learning_rate that is a finite number, at least 0
        recipe: the warm-up of 2000 steps is longer than the run of 1000
          fix: choose at most 1000 steps, or train longer
        """)
    recipe = TrainingRecipe(
      model: "", start: .adapter(""), data: DataSettings(train: ""), output: "")
    recipe.length = .steps(0)
    recipe.evalEvery = 1
    let firstLines = message { try recipe.check() }?.split(separator: "\n")
      .filter { $0.hasPrefix("recipe") }
    #expect(
      firstLines == [
        "recipe: model must be a path or a name, not \"\"",
        "recipe: adapter must be a path, or null, not \"\"",
        "recipe: train must be a path, or a list of paths, not \"\"",
        "recipe: steps must be from 1 to 1000000000000, not 0",
        "recipe: output must be a path, not \"\"",
        "recipe: eval_every is given, but there is no evaluation data",
      ])
  }

  @Test("Rows are in an order of length, or of the file, or packed")
  func groupedRows() {
    func lines(_ change: (inout TrainingRecipe) -> Void) -> [String]? {
      var recipe = TrainingRecipe(
        model: "gpt2", start: .tuner(LoraConfig()), data: DataSettings(train: "t.txt"),
        output: "run")
      recipe.groupByLength = true
      change(&recipe)
      return message { try recipe.check() }?.split(separator: "\n").map(String.init)
    }
    #expect(lines { _ in } == nil)
    #expect(lines { $0.data.shuffle = true } == nil)
    #expect(
      lines { $0.data.packed = true } == [
        "recipe: group_by_length and packed are both given, but packed sequences are all of one length",
        "  fix: keep group_by_length or packed, and remove the other",
      ])
    #expect(
      lines { $0.data.shuffle = false } == [
        "recipe: group_by_length and shuffle: false are both given, but each says in which order texts are taken",
        "  fix: keep group_by_length or shuffle: false, and remove the other",
      ])
  }

  @Test("A file with very many mistakes is answered in short")
  func manyMistakes() {
    let text = (0..<10_000).map { "field\($0): 1" }.joined(separator: "\n")
    #expect(lines(text).count == 100)
  }
}
