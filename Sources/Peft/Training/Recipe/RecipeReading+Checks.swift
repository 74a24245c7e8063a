import CPUCore

extension RecipeReading {
  /// Says what every recipe needs and this one does not have.
  mutating func checkWhatIsMissing(in root: RecipePlace?) {
    func missing(_ field: String, _ meaning: String, _ example: String) -> RecipeProblem {
      .missing(field: field, meaning: meaning, example: example)
    }
    if places["model"] == nil {
      add(missing("model", "nothing says what is trained", "'model: gpt2' or a path"), at: root)
    }
    if places["tuner"] == nil, places["adapter"] == nil {
      add(
        missing(
          "tuner", "there is no adapter to train",
          "'tuner: {lora: {r: 16}}', or 'adapter: folder' to go on from one"),
        at: root)
    }
    if places["data.train"] == nil {
      add(
        missing(
          "data", "there is nothing to train on", "'data: train.jsonl' or 'data: {train: …}'"),
        at: places["data"] ?? root)
    }
    if places["output"] == nil {
      add(missing("output", "nothing says where the run is kept", "'output: runs/first'"), at: root)
    }
  }

  /// Says what goes wrong only together.
  mutating func checkContradictions() {
    if case .steps(let total) = recipe.length, case .steps(let steps) = recipe.schedule.warmup,
      steps > total
    {
      add(.warmupTooLong(steps: steps, total: total), at: places["schedule.warmup_steps"])
    }
    if case .sgd(let momentum, let dampening, isNesterov: true) = recipe.optimizer.method,
      momentum == 0 || dampening != 0
    {
      add(
        .nesterovNeedsMomentum(dampening: momentum == 0 ? 0 : dampening),
        at: places["optimizer.nesterov"])
    }
    let start = recipe.optimizer.learningRate
    if case .polynomial(_, let end) = recipe.schedule.shape, end >= start {
      add(
        .endAboveStart(end: end, start: start),
        at: places["schedule.end_learning_rate"] ?? places["optimizer.learning_rate"]
          ?? places["schedule"])
    }
    if let type = recipe.problemType, type != .singleLabel, recipe.labelSmoothing > 0 {
      add(.smoothingWithoutClasses(type), at: places["label_smoothing"])
    }
    if recipe.evalEvery != nil, places["data.eval"] == nil {
      add(.nothingToEvaluate, at: places["eval_every"])
    }
  }
}
