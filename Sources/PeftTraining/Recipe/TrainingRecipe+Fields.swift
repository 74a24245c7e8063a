import PeftAdapters
import PeftBasics
import TunerKit

extension TrainingRecipe {
  /// The fields that are a value each, in the order they are written. Those of parts of their own
  /// (`tuner`, `data`, `optimizer`, `schedule`) come after `weights` and `epochs`, `early_stopping` at the end.
  static let section = RecipeSection<TrainingRecipe>(
    "a recipe", modelFields + lengthFields + otherFields)

  static let partNames = ["tuner", "adapter", "data", "optimizer", "schedule", "early_stopping"]

  static let modelFields: [ConfigurationField<TrainingRecipe>] = [
    ConfigurationField(
      "model", \.model, "A description's path, a bundled model's name, or a checkpoint's folder.",
      rule: .filled("a path or a name")),
    ConfigurationField(
      "weights", \.weights, "The model's weights, if not in its folder.",
      rule: .ifGiven(.filled("a path"))),
  ]

  static let lengthFields: [ConfigurationField<TrainingRecipe>] = [
    ConfigurationField(
      "batch_size", \.batchSize, "Batch size: examples in one forward pass.",
      rule: .within(1...1 << 20)),
    ConfigurationField(
      "sequence_length", \.sequenceLength, "Longest sequence, in tokens; from the data if null.",
      rule: .ifGiven(.within(1...1 << 24))),
    ConfigurationField(
      "padding", \.padding,
      "What texts are padded to: the longest in their batch, or sequence_length."),
    ConfigurationField(
      "group_by_length", \.groupByLength,
      "Whether texts of similar lengths are in one batch, which takes less padding."),
    ConfigurationField(
      "accumulate", \.accumulate, "Gradient accumulation: batches in one step.",
      rule: .within(1...1 << 20)),
    ConfigurationField(
      "steps", \.steps, "Optimizer steps.",
      rule: .ifGiven(.within(1...1_000_000_000_000))),
    ConfigurationField(
      "epochs", \.epochs, "Epochs over the data, instead of steps.",
      rule: .ifGiven(FieldRule("above 0 and at most 1000000") { 0 < $0 && $0 <= 1e6 })),
  ]

  static let otherFields: [ConfigurationField<TrainingRecipe>] = [
    ConfigurationField(
      "clip_grad_norm", \.clippedNorm, "Gradient clipping: the largest gradient norm; 0 is off.",
      rule: .ifGiven(.finite(from: 0))),
    ConfigurationField(
      "label_smoothing", \.labelSmoothing, "Label smoothing: the share spread over all classes.",
      rule: .probability),
    ConfigurationField(
      "problem_type", \.problemType, "What labels are; as the model's config has it if null."),
    ConfigurationField(
      "dropout", \.dropout, "Dropout rate of the model's own dropouts.",
      rule: .ifGiven(.probability)),
    ConfigurationField(
      "precision", \.precision,
      "What matrices are multiplied in: bf16 rounds their factors, and sums in 32 bits."),
    ConfigurationField(
      "checkpoint_activations", \.checkpointActivations,
      "Activation checkpointing: blocks are computed again in the backward pass, which takes less memory."
    ),
    ConfigurationField("seed", \.seed, "Random seed.", rule: .atLeast(0)),
    ConfigurationField(
      "threads", \.threads, "Number of threads; as many as cores if null.",
      rule: .ifGiven(.within(ThreadCount.range))),
    ConfigurationField(
      "output", \.output, "The folder of the run: adapter, log and state.", rule: .filled("a path")),
    ConfigurationField(
      "save_every", \.saveEvery, "Steps between saved states to resume from.",
      rule: .ifGiven(.atLeast(1))),
    ConfigurationField(
      "eval_every", \.evalEvery, "Steps between evaluations.",
      rule: .ifGiven(.atLeast(1))),
    ConfigurationField(
      "log_every", \.logEvery,
      "Steps between progress lines, which show the mean loss since the one before.",
      rule: .atLeast(1)),
    ConfigurationField(
      "tensorboard", \.tensorboard, "Whether the folder of the run gets a file for TensorBoard."),
  ]

  private var steps: Int? {
    get { if case .steps(let steps) = length { steps } else { nil } }
    set { if let newValue { length = .steps(newValue) } }
  }

  private var epochs: Double? {
    get { if case .epochs(let epochs) = length { epochs } else { nil } }
    set { if let newValue { length = .epochs(newValue) } }
  }

  /// The fields of early stopping, which is on where one of them is set.
  var earlyStoppingFields: EarlyStopping {
    get { earlyStopping ?? EarlyStopping() }
    set { earlyStopping = newValue }
  }

  private var clippedNorm: Double? {
    get { clipGradNorm }
    set { clipGradNorm = newValue == 0 ? nil : newValue }
  }
}

extension DataSettings {
  static let section = RecipeSection<DataSettings>(
    "data",
    [
      ConfigurationField(
        "train", \.train,
        "The training data: a file, a pattern of files, a folder, or a list of them.",
        rule: .filled),
      ConfigurationField(
        "eval", \.eval, "The evaluation data.", rule: .ifGiven(.filled)),
      ConfigurationField(
        "test", \.test, "Test data, measured once at the end of the run.", rule: .ifGiven(.filled)),
      ConfigurationField(
        "split", \.split,
        "Share of the training rows that are evaluation data instead, the same of each class.",
        rule: .ifGiven(FieldRule("above 0 and below 1") { 0 < $0 && $0 < 1 })),
      ConfigurationField(
        "split_seed", \.splitSeed, "Seed of the split; the run's seed if null.",
        rule: .ifGiven(.atLeast(0))),
      ConfigurationField(
        "tokenizer", \.tokenizer,
        "The tokenizer: a checkpoint's folder, a tokenizer.json, or bytes.",
        rule: .ifGiven(.filled("a path"))),
      ConfigurationField(
        "text", \.text,
        "Template of the text, with a row's fields in braces; if null, the field text, messages, prompt with "
          + "completion, or instruction with input and output."),
      ConfigurationField("prompt", \.prompt, "Template of the prompt, masked from the loss."),
      ConfigurationField(
        "train_on", \.trainOn,
        "What counts for the loss of conversations and prompts: what the assistant says, or all tokens."
      ),
      ConfigurationField(
        "chat_template", \.chatTemplate,
        "Chat template: a .jinja file, or the name of one of the tokenizer's; its default if null.",
        rule: .ifGiven(.filled("a path or a name"))),
      ConfigurationField(
        "chat_date", \.chatDate, "Day that chat templates write; the run's first day if null."),
      ConfigurationField(
        "target", \.target, "Template of the target text, for encoder-decoder models."),
      ConfigurationField(
        "label", \.label,
        "The field that holds an example's label: a number, or a name of the model's id2label."),
      ConfigurationField(
        "labels", \.labels,
        "The classes of a new classifier on the model: their names, or auto for those of the training data."
      ),
      ConfigurationField("packed", \.packed, "Whether sequences are packed, without padding."),
      ConfigurationField("shuffle", \.shuffle, "Whether examples are shuffled in every epoch."),
    ])
}
