import PeftAdapters
import PeftBasics
import TunerKit

extension TrainingRecipe {
  /// The fields that are a value each, in the order they are written. Those of parts of their own
  /// (`tuner`, `data`, `optimizer`, `schedule`) come after `weights` and `epochs`.
  static let section = RecipeSection<TrainingRecipe>(
    "a recipe", modelFields + lengthFields + otherFields)

  static let partNames = ["tuner", "adapter", "data", "optimizer", "schedule"]

  static let modelFields: [ConfigurationField<TrainingRecipe>] = [
    ConfigurationField(
      "model", \.model, "A description's path, a bundled model's name, or a checkpoint's folder.",
      rule: .filled("a path or a name")),
    ConfigurationField(
      "weights", \.weights, "Where the model's numbers are, if not in its folder.",
      rule: .ifGiven(.filled("a path"))),
  ]

  static let lengthFields: [ConfigurationField<TrainingRecipe>] = [
    ConfigurationField(
      "batch_size", \.batchSize, "Examples that are computed at once.", rule: .within(1...1 << 20)),
    ConfigurationField(
      "sequence_length", \.sequenceLength, "Tokens of an example; the data decides where null.",
      rule: .ifGiven(.within(1...1 << 24))),
    ConfigurationField(
      "accumulate", \.accumulate, "Batches whose gradients make up one step.",
      rule: .within(1...1 << 20)),
    ConfigurationField(
      "steps", \.steps, "Steps of the optimizer.",
      rule: .ifGiven(.within(1...1_000_000_000_000))),
    ConfigurationField(
      "epochs", \.epochs, "Passes over the data, instead of steps.",
      rule: .ifGiven(FieldRule("above 0 and at most 1000000") { 0 < $0 && $0 <= 1e6 })),
  ]

  static let otherFields: [ConfigurationField<TrainingRecipe>] = [
    ConfigurationField(
      "clip_grad_norm", \.clippedNorm, "The norm to which longer gradients are cut; 0 is off.",
      rule: .ifGiven(.finite(from: 0))),
    ConfigurationField(
      "label_smoothing", \.labelSmoothing, "The share of a label that is spread over all classes.",
      rule: .probability),
    ConfigurationField(
      "problem_type", \.problemType, "What labels are; as the model has it where null."),
    ConfigurationField(
      "dropout", \.dropout, "A rate for all of the model's own dropouts.",
      rule: .ifGiven(.probability)),
    ConfigurationField("seed", \.seed, "What random numbers come from.", rule: .atLeast(0)),
    ConfigurationField(
      "threads", \.threads, "Threads to compute with; as many as cores where null.",
      rule: .ifGiven(.within(ThreadCount.range))),
    ConfigurationField(
      "output", \.output, "The folder of the run: adapter, log and state.", rule: .filled("a path")),
    ConfigurationField(
      "save_every", \.saveEvery, "Steps between states to resume from.",
      rule: .ifGiven(.atLeast(1))),
    ConfigurationField(
      "eval_every", \.evalEvery, "Steps between measurements on the evaluation data.",
      rule: .ifGiven(.atLeast(1))),
    ConfigurationField(
      "log_every", \.logEvery, "Steps between lines that are printed.", rule: .atLeast(1)),
  ]

  private var steps: Int? {
    get { if case .steps(let steps) = length { steps } else { nil } }
    set { if let newValue { length = .steps(newValue) } }
  }

  private var epochs: Double? {
    get { if case .epochs(let epochs) = length { epochs } else { nil } }
    set { if let newValue { length = .epochs(newValue) } }
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
        "train", \.train, "The file with examples to train on.", rule: .filled("a path")),
      ConfigurationField(
        "eval", \.eval, "The file with examples to measure progress with.",
        rule: .ifGiven(.filled("a path"))),
      ConfigurationField(
        "tokenizer", \.tokenizer, "A checkpoint's folder, a tokenizer.json, or bytes.",
        rule: .ifGiven(.filled("a path"))),
      ConfigurationField("text", \.text, "The text of an example, fields of a row in braces."),
      ConfigurationField("prompt", \.prompt, "What is given and does not count for the loss."),
      ConfigurationField("target", \.target, "What is learnt."),
      ConfigurationField("label", \.label, "The field that holds an example's class."),
      ConfigurationField("packed", \.packed, "Whether examples follow each other without gaps."),
      ConfigurationField("shuffle", \.shuffle, "Whether the order of examples changes."),
    ])
}
