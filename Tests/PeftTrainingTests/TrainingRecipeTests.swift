import Peft
import Testing

@Suite("Training recipes") struct TrainingRecipeTests {
  static let example = """
    model: gpt2
    tuner: {randlora: {r: 32, target_modules: [c_attn], randlora_dropout: 0.05}}
    data: {train: train.jsonl, eval: eval.jsonl, tokenizer: path, text: "{meaning} => {reference}"}
    batch_size: 8
    sequence_length: 256
    accumulate: 2
    steps: 1000
    optimizer: {adamw: {learning_rate: 1e-3, weight_decay: 0.01}}
    schedule: {cosine: {warmup_steps: 50}}
    clip_grad_norm: 1.0
    dropout: 0
    seed: 0
    output: runs/first
    save_every: 200
    eval_every: 100
    """

  @Test("The example of the documentation is read as it is meant")
  func documentedExample() throws {
    let recipe = try TrainingRecipe(text: Self.example)
    var expected = TrainingRecipe(
      model: "gpt2",
      start: .tuner(
        RandLoraConfig(
          r: 32, targetModules: .names(["c_attn"]), randloraDropout: 0.05)),
      data: DataSettings(
        train: "train.jsonl", eval: "eval.jsonl", tokenizer: "path",
        text: "{meaning} => {reference}"),
      output: "runs/first")
    expected.sequenceLength = 256
    expected.accumulate = 2
    expected.length = .steps(1000)
    expected.optimizer = OptimizerRecipe(AdamW(), learningRate: 1e-3, weightDecay: 0.01)
    expected.schedule = ScheduleRecipe(CosineSchedule(), warmup: .steps(50))
    expected.dropout = 0
    expected.saveEvery = 200
    expected.evalEvery = 100
    #expect(recipe == expected)
  }

  @Test("JSON says the same")
  func json() throws {
    let text = """
      {"model": "gpt2", "tuner": {"lora": {"r": 4}}, "data": {"train": "t.jsonl"}, "output": "run",
       "epochs": 2.5, "optimizer": {"sgd": {"momentum": 0.9, "nesterov": true}}}
      """
    let recipe = try TrainingRecipe(text: text)
    #expect(recipe.length == .epochs(2.5))
    #expect(recipe.optimizer == OptimizerRecipe(SGD(momentum: 0.9, isNesterov: true)))
  }

  @Test("Names stand for what they name at its defaults, and paths for data and adapters")
  func shorthands() throws {
    let recipe = try TrainingRecipe(
      text: """
        model: gpt2
        adapter: runs/first
        data: train.txt
        optimizer: lion
        schedule: linear
        clip_grad_norm: 0
        output: runs/second
        """)
    #expect(recipe.start == .adapter("runs/first"))
    #expect(recipe.data == DataSettings(train: "train.txt"))
    #expect(recipe.optimizer == OptimizerRecipe(Lion()))
    #expect(recipe.optimizer.learningRate == 1e-4)
    #expect(recipe.schedule == ScheduleRecipe(LinearSchedule()))
    #expect(recipe.clipGradNorm == nil)
    #expect(recipe.length == .epochs(1) && recipe.batchSize == 8 && recipe.logEvery == 10)
  }

  @Test("Methods and shapes take their settings on one line, too, and tuners as elsewhere")
  func inlineSettings() throws {
    let recipe = try TrainingRecipe(
      text: """
        {model: gpt2, data: t.txt, output: run, tuner: "lora:r=3,target_modules=[c_attn]",
         optimizer: "adam:betas=[0.8,0.9],eps=1e-6", schedule: "polynomial:power=2,warmup_ratio=0.1"}
        """)
    #expect(
      recipe.start == .tuner(try TunerRequest("lora:r=3,target_modules=[c_attn]").single()))
    #expect(recipe.optimizer == OptimizerRecipe(Adam(beta1: 0.8, beta2: 0.9, epsilon: 1e-6)))
    #expect(recipe.schedule == ScheduleRecipe(PolynomialSchedule(power: 2), warmup: .ratio(0.1)))
    #expect(recipe.schedule.warmupSteps(of: 101) == 11)
  }

  @Test("Learning rates differ by name, and biases and norms may be spared from decay")
  func parameters() throws {
    let recipe = try TrainingRecipe(
      text: """
        model: gpt2
        tuner: lora
        data: t.txt
        output: run
        optimizer:
          adamw:
            decay_biases_and_norms: false
            loraplus_lr_ratio: 16
            learning_rate_factors: {h.11: 0.5, lm_head: 0.1}
        """)
    let optimizer = recipe.optimizer
    #expect(optimizer.learningRateFactor(of: "h.0.lora_B.weight") == 1)
    #expect(optimizer.learningRateFactor(of: "h.0.lora_B.weight", role: .outputFactor) == 16)
    #expect(optimizer.learningRateFactor(of: "h.11.lora_B.weight", role: .outputFactor) == 8)
    #expect(optimizer.parameter("lm_head.bias", shape: [3], isBiasOrNorm: true).weightDecay == 0)
    let weight = optimizer.parameter("lm_head.weight", shape: [3, 1], isBiasOrNorm: false)
    #expect(weight.weightDecay == 0.01 && weight.shape == [3, 1])
  }

  @Test("A recipe's text has every field, and reads back as the same recipe", arguments: variants)
  func text(source: String) throws {
    let recipe = try TrainingRecipe(text: source)
    #expect(try TrainingRecipe(text: recipe.text) == recipe, "\(recipe.text)")
    for field in ["model", "weights", "threads", "problem_type", "log_every", "eval_every"] {
      #expect(recipe.text.contains("\n\(field): ") || recipe.text.hasPrefix("\(field): "))
    }
  }

  static let variants = [
    example,
    """
    model: "1e3"
    weights: "a: b # \\" \\\\ \\n\\t\\u0085\\u2028\\u007f\\U0001F600é.safetensors"
    adapter: "true"
    data: {train: " ", prompt: "- {a}\\n", target: "{b}", label: "null", packed: true, shuffle: false}
    epochs: 1e5
    optimizer: {lion: {betas: [0.95, 0.98], loraplus_lr_ratio: 4,
      learning_rate_factors: {"a: b": 1e-30, "~": 0}}}
    schedule: {polynomial: {power: 0.5, end_learning_rate: 0, warmup_ratio: 0.06}}
    clip_grad_norm: null
    problem_type: regression
    dropout: 0.1
    seed: 9223372036854775807
    threads: 2
    output: ./runs
    log_every: 1
    """,
    """
    model: gpt2
    tuner: {lora: {r: 3, rank_pattern: {"h\\\\.1": 4, c_attn: 2}, target_modules: "c_.*", bias: all}}
    data: t.txt
    output: run
    label_smoothing: 0.1
    optimizer: {sgd: {momentum: 0.9, dampening: 0.1}}
    schedule: {cosine: {cycles: 1.5}}
    """,
    """
    model: gpt2
    tuner: lora
    data: t.txt
    output: run
    optimizer: {adafactor: {eps: [1e-20, 0], d: 2.5, beta2_decay: -0.5}}
    schedule: {warmup_stable_decay: {num_decay_steps: 5, decay_type: 1-sqrt, min_lr_ratio: 0.1}}
    """,
  ]
}
