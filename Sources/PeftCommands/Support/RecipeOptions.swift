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
    RecipeOverride.given([
      "model": model, "weights": weights, "tuner": tuner, "adapter": adapter,
    ])
  }
}

/// What it is trained on.
struct DataFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Examples: \(Known.catalog.formats.explained.map(\.ending).joined(separator: ", ")).",
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
    RecipeOverride.given([
      "data.train": data, "data.eval": eval, "data.tokenizer": tokenizer, "data.text": text,
      "data.prompt": prompt, "data.target": target, "data.label": label, "data.packed": packed,
      "data.shuffle": shuffle, "sequence_length": sequenceLength,
    ])
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
    RecipeOverride.given([
      "output": output, "save_every": saveEvery, "eval_every": evalEvery, "log_every": logEvery,
      "seed": seed, "threads": threads,
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
      let name = field == "data.train" ? "data" : field.split(separator: ".").last ?? ""
      return RecipeOverride(
        flag: "--\(name.replacing("_", with: "-"))", field: field,
        value: value.configurationValue)
    }
  }
}
