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

  @Option(help: ArgumentHelp("The model's weights, if not in its folder.", valueName: "path"))
  var weights: String?

  @Option(help: "The tuner of a new adapter, with its settings.")
  var tuner: String?

  @Option(help: ArgumentHelp("An adapter to continue training.", valueName: "folder"))
  var adapter: String?

  var overrides: [RecipeOverride] {
    RecipeOverride.given([
      "model": model, "weights": weights, "tuner": tuner, "adapter": adapter,
    ])
  }
}

/// What it is trained on.
struct DataFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Training data: \(Known.catalog.formats.explained.map(\.ending).joined(separator: ", ")). "
        + "A pattern of files, or a folder; repeat it for several.",
      valueName: "file"))
  var data: [String] = []

  @Option(help: ArgumentHelp("Evaluation data, in the same ways.", valueName: "file"))
  var eval: [String] = []

  @Option(help: ArgumentHelp("Test data, measured once at the end.", valueName: "file"))
  var test: [String] = []

  @Option(
    help: ArgumentHelp(
      "Share of the training rows that are evaluation data instead.", valueName: "share"))
  var split: Double?

  @OptionGroup var examples: ExampleFlags

  @Option(
    help: ArgumentHelp(
      "The classes of a new classifier on the model: names with commas between, or auto.",
      valueName: "names"),
    transform: ClassNames.init)
  var labels: ClassNames?

  @Flag(inversion: .prefixedNo, help: "Shuffle the examples in every epoch.")
  var shuffle: Bool?

  @Option(
    help: ArgumentHelp(
      "Pad texts to the longest in their batch, or to the sequence length (max_length).",
      valueName: "longest|max_length"))
  var padding: String?

  @Flag(inversion: .prefixedNo, help: "Put texts of similar lengths into one batch.")
  var groupByLength: Bool?

  var overrides: [RecipeOverride] {
    RecipeOverride.given([
      "data.train": data.isEmpty ? nil : DataFiles(data),
      "data.eval": eval.isEmpty ? nil : DataFiles(eval), "data.tokenizer": examples.whole.tokenizer,
      "data.test": test.isEmpty ? nil : DataFiles(test), "data.split": split,
      "data.text": examples.whole.text, "data.prompt": examples.prompt,
      "data.train_on": examples.trainOn, "data.chat_template": examples.chatTemplate,
      "data.chat_date": examples.chatDate, "data.target": examples.target,
      "data.label": examples.label, "data.labels": labels,
      "data.packed": examples.packed, "data.shuffle": shuffle,
      "sequence_length": examples.whole.sequenceLength, "padding": padding,
      "group_by_length": groupByLength,
    ])
  }
}

/// How it is trained.
struct TrainingFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Batch size: examples in one forward pass.", valueName: "examples"))
  var batchSize: Int?

  @Option(
    help: ArgumentHelp(
      "Gradient accumulation: batches in one optimizer step.", valueName: "batches"))
  var accumulate: Int?

  @Option(help: "Optimizer steps.")
  var steps: Int?

  @Option(help: "Epochs over the data, instead of steps.")
  var epochs: Double?

  @Option(help: "\(Known.optimizerNames), with settings: sgd:momentum=0.9.")
  var optimizer: String?

  @Option(help: ArgumentHelp("Learning rate.", valueName: "rate"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("Weight decay.", valueName: "rate"))
  var weightDecay: Double?

  @Option(
    help: ArgumentHelp(
      "LoRA+: factor on the learning rate of LoRA's B (a tuner's output factors).",
      valueName: "factor"))
  var loraplusLrRatio: Double?

  @Option(help: "\(Known.scheduleNames), with settings: linear:warmup_ratio=0.1.")
  var schedule: String?

  @Option(
    help: ArgumentHelp("Warm-up: steps in which the learning rate rises.", valueName: "steps"))
  var warmupSteps: Int?

  @Option(
    help: ArgumentHelp("Gradient clipping: the largest gradient norm; 0 is off.", valueName: "norm")
  )
  var clipGradNorm: Double?

  @Option(
    help: ArgumentHelp("Label smoothing: the share spread over all classes.", valueName: "share"))
  var labelSmoothing: Double?

  @Option(help: ProblemTypeOption.help)
  var problemType: String?

  @Option(help: ArgumentHelp("Dropout rate of the model's own dropouts.", valueName: "rate"))
  var dropout: Double?

  var overrides: [RecipeOverride] {
    RecipeOverride.given([
      "batch_size": batchSize, "accumulate": accumulate, "steps": steps, "epochs": epochs,
      "optimizer": optimizer, "optimizer.learning_rate": learningRate,
      "optimizer.weight_decay": weightDecay, "optimizer.loraplus_lr_ratio": loraplusLrRatio,
      "schedule": schedule, "schedule.warmup_steps": warmupSteps, "clip_grad_norm": clipGradNorm,
      "label_smoothing": labelSmoothing, "problem_type": problemType, "dropout": dropout,
    ])
  }
}

/// Where and how often it is written down.
struct RunFlags: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of the run.", valueName: "folder"))
  var output: String?

  @Option(help: ArgumentHelp("Steps between saved states to resume from.", valueName: "steps"))
  var saveEvery: Int?

  @Option(help: ArgumentHelp("Steps between evaluations.", valueName: "steps"))
  var evalEvery: Int?

  @Option(
    help: ArgumentHelp(
      "Early stopping: evaluations in a row without an improvement that end the run.",
      valueName: "evaluations"))
  var earlyStoppingPatience: Int?

  @Option(
    help: ArgumentHelp(
      "Early stopping: what evaluations are compared by, also to find the best adapter.",
      valueName: EarlyStopping.Metric.choices.joined(separator: "|")))
  var earlyStoppingMetric: String?

  @Option(help: ArgumentHelp("Steps between progress lines.", valueName: "steps"))
  var logEvery: Int?

  @Flag(inversion: .prefixedNo, help: "Write a file for TensorBoard into the folder of the run.")
  var tensorboard: Bool?

  @Option(help: PrecisionOption.help)
  var precision: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Compute blocks again in the backward pass instead of keeping what is within them.")
  var checkpointActivations: Bool?

  @Option(help: "Random seed.")
  var seed: Int?

  @Option(
    help: ArgumentHelp("Number of threads.", valueName: "number"), transform: numberOfThreads)
  var threads: Int?

  var overrides: [RecipeOverride] {
    RecipeOverride.given([
      "output": output, "save_every": saveEvery, "eval_every": evalEvery,
      "early_stopping.patience": earlyStoppingPatience,
      "early_stopping.metric": earlyStoppingMetric, "log_every": logEvery,
      "tensorboard": tensorboard,
      "precision": precision, "checkpoint_activations": checkpointActivations, "seed": seed,
      "threads": threads,
    ])
  }
}

extension RecipeOverride {
  /// Fields of a recipe, by their paths, that flags replace: those that have a value. A flag is called like
  /// its field.
  static func given(
    _ fields: KeyValuePairs<String, (any ConfigurationRepresentable)?>
  ) -> [RecipeOverride] {
    fields.compactMap { field, value in
      guard let value else { return nil }
      let parts = field.split(separator: ".")
      let name =
        switch parts.first {
        case "data" where field == "data.train": "data"
        case "early_stopping": parts.joined(separator: "-")
        default: String(parts.last ?? "")
        }
      return RecipeOverride(
        flag: "--\(name.replacing("_", with: "-"))", field: field,
        value: value.configurationValue)
    }
  }
}
