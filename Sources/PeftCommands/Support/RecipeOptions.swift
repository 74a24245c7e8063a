import ArgumentParser
import Peft

/// The fields of a recipe as flags, each in the words of the recipe.
struct RecipeOptions: ParsableArguments {
  @OptionGroup(title: "Model and adapter") var model: ModelFlags
  @OptionGroup(title: "Data") var data: DataFlags
  @OptionGroup(title: "Training") var training: TrainingFlags
  @OptionGroup(title: "The run") var run: RunFlags

  /// What was given, for the recipe.
  var overrides: [RecipeOverride] {
    model.overrides + data.overrides + training.overrides + run.overrides
  }
}

/// What is trained.
struct ModelFlags: ParsableArguments {
  @Option(help: "A bundled model's name, a description's path, or a checkpoint's folder.")
  var model: String?

  @Option(help: ArgumentHelp("The model's numbers, if not in its folder.", valueName: "path"))
  var weights: String?

  @Option(help: "A new adapter's tuner with its settings.")
  var tuner: String?

  @Option(help: ArgumentHelp("An adapter to go on from.", valueName: "folder"))
  var adapter: String?

  var overrides: [RecipeOverride] {
    [
      .flag("model", "model", model), .flag("weights", "weights", weights),
      .flag("tuner", "tuner", tuner), .flag("adapter", "adapter", adapter),
    ].compactMap { $0 }
  }
}

/// What it is trained on.
struct DataFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Examples: \(DataFormats.explained.map(\.ending).joined(separator: ", ")).",
      valueName: "file")
  )
  var data: String?

  @Option(help: ArgumentHelp("Examples to measure progress with.", valueName: "file"))
  var eval: String?

  @Option(help: "A checkpoint's folder, a tokenizer.json, or bytes.")
  var tokenizer: String?

  @Option(
    help: ArgumentHelp("The text of an example, fields in braces.", valueName: "template"))
  var text: String?

  @Option(
    help: ArgumentHelp("What is given and does not count for the loss.", valueName: "template"))
  var prompt: String?

  @Option(help: ArgumentHelp("What is learnt.", valueName: "template"))
  var target: String?

  @Option(help: ArgumentHelp("The field that holds an example's class.", valueName: "field"))
  var label: String?

  @Flag(inversion: .prefixedNo, help: "Put examples one after the other, without gaps.")
  var packed: Bool?

  @Flag(inversion: .prefixedNo, help: "Change the order of examples from epoch to epoch.")
  var shuffle: Bool?

  @Option(help: ArgumentHelp("Tokens of an example.", valueName: "tokens"))
  var sequenceLength: Int?

  var overrides: [RecipeOverride] {
    [
      .flag("data", "data.train", data), .flag("eval", "data.eval", eval),
      .flag("tokenizer", "data.tokenizer", tokenizer), .flag("text", "data.text", text),
      .flag("prompt", "data.prompt", prompt), .flag("target", "data.target", target),
      .flag("label", "data.label", label), .flag("packed", "data.packed", packed),
      .flag("shuffle", "data.shuffle", shuffle),
      .flag("sequence-length", "sequence_length", sequenceLength),
    ].compactMap { $0 }
  }
}

/// How it is trained.
struct TrainingFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Examples that are computed at once.", valueName: "examples"))
  var batchSize: Int?

  @Option(help: ArgumentHelp("Batches that make up one step.", valueName: "batches"))
  var accumulate: Int?

  @Option(help: "Steps of the optimizer.")
  var steps: Int?

  @Option(help: "Passes over the data, instead of steps.")
  var epochs: Double?

  @Option(help: "\(Known.optimizerNames), with settings: sgd:momentum=0.9.")
  var optimizer: String?

  @Option(help: ArgumentHelp("Learning rate.", valueName: "rate"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("Weight decay.", valueName: "rate"))
  var weightDecay: Double?

  @Option(
    help: ArgumentHelp(
      "LoRA+: the factor of the learning rate of output factors (LoRA's B).", valueName: "factor"))
  var loraplusLrRatio: Double?

  @Option(help: "\(Known.scheduleNames), with settings: linear:warmup_ratio=0.1.")
  var schedule: String?

  @Option(
    help: ArgumentHelp("Warm-up: steps in which the learning rate rises.", valueName: "steps"))
  var warmupSteps: Int?

  @Option(help: ArgumentHelp("The norm to which gradients are cut; 0 is off.", valueName: "norm"))
  var clipGradNorm: Double?

  @Option(
    help: ArgumentHelp("The share of a label spread over all classes.", valueName: "share"))
  var labelSmoothing: Double?

  @Option(
    help: ArgumentHelp(
      "single_label_classification, multi_label_classification or regression.", valueName: "type"))
  var problemType: String?

  @Option(help: ArgumentHelp("A rate for all of the model's own dropouts.", valueName: "rate"))
  var dropout: Double?

  var overrides: [RecipeOverride] {
    [
      .flag("batch-size", "batch_size", batchSize), .flag("accumulate", "accumulate", accumulate),
      .flag("steps", "steps", steps), .flag("epochs", "epochs", epochs),
      .flag("optimizer", "optimizer", optimizer),
      .flag("learning-rate", "optimizer.learning_rate", learningRate),
      .flag("weight-decay", "optimizer.weight_decay", weightDecay),
      .flag("loraplus-lr-ratio", "optimizer.loraplus_lr_ratio", loraplusLrRatio),
      .flag("schedule", "schedule", schedule),
      .flag("warmup-steps", "schedule.warmup_steps", warmupSteps),
      .flag("clip-grad-norm", "clip_grad_norm", clipGradNorm),
      .flag("label-smoothing", "label_smoothing", labelSmoothing),
      .flag("problem-type", "problem_type", problemType), .flag("dropout", "dropout", dropout),
    ].compactMap { $0 }
  }
}

/// Where and how often it is written down.
struct RunFlags: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of the run.", valueName: "folder"))
  var output: String?

  @Option(help: ArgumentHelp("Steps between states to resume from.", valueName: "steps"))
  var saveEvery: Int?

  @Option(help: ArgumentHelp("Steps between evaluations.", valueName: "steps"))
  var evalEvery: Int?

  @Option(help: ArgumentHelp("Steps between lines of the log.", valueName: "steps"))
  var logEvery: Int?

  @Option(help: "What random numbers come from.")
  var seed: Int?

  @Option(
    help: ArgumentHelp("Threads to compute with.", valueName: "number"), transform: numberOfThreads)
  var threads: Int?

  var overrides: [RecipeOverride] {
    [
      .flag("output", "output", output), .flag("save-every", "save_every", saveEvery),
      .flag("eval-every", "eval_every", evalEvery), .flag("log-every", "log_every", logEvery),
      .flag("seed", "seed", seed), .flag("threads", "threads", threads),
    ].compactMap { $0 }
  }
}

extension RecipeOverride {
  /// A field that a flag replaces; nil where the flag is not given.
  fileprivate static func flag(
    _ name: String, _ field: String, _ value: (any ConfigurationRepresentable)?
  ) -> RecipeOverride? {
    value.map { RecipeOverride(flag: "--\(name)", field: field, value: $0.configurationValue) }
  }
}
