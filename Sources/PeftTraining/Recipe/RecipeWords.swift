import PeftAdapters
import PeftReports

/// Where a word belongs that stands in a wrong place, or that `transformers` uses.
struct RecipeWords {
  private let places: [Place]

  /// - Parameter methods: What can be named in the recipe.
  init(_ methods: TrainingMethods) {
    places =
      [
        Place(part: "data", section: DataSettings.section),
        Place(part: "early_stopping", section: EarlyStopping.section),
      ]
      + methods.optimizers.map {
        Place(part: "optimizer", section: OptimizerRecipe($0.init()).section)
      }
      + methods.schedules.map {
        Place(part: "schedule", section: ScheduleRecipe($0.init()).section)
      }
  }

  /// What to do about a field that a section does not have; nil where nothing is known about it.
  func fix(for name: String, in section: String) -> String? {
    let own = Self.fromTransformers[name] ?? name
    let isTop = section == TrainingRecipe.section.name
    if Self.topNames.contains(own) {
      return isTop ? "write '\(own)'" : "put '\(own)' outside, as a field of the recipe"
    }
    let fields = places.first { $0.section == section }?.fields ?? []
    if fields.contains(own) { return "write '\(own)'" }
    let longer = fields.filter { $0.hasSuffix("_\(name)") }
    if longer.count == 1 { return "write '\(longer[0])'" }
    guard let owner = places.first(where: { $0.fields.contains(own) }) else { return nil }
    let isNeighbour = places.contains { $0.section == section && $0.part == owner.part }
    return isNeighbour
      ? "remove it, or choose \(owner.section), which has it"
      : "put '\(own)' into \(owner.place)"
  }

  private static let topNames =
    TrainingRecipe.section.fields.map(\.name) + TrainingRecipe.partNames

  /// The fields of a part of a recipe, or of one method of it.
  private struct Place {
    let part: String
    let section: String
    let fields: [String]

    init<Value>(part: String, section: RecipeSection<Value>) {
      self.part = part
      self.section = section.name
      fields = section.fields.map(\.name)
    }

    var place: String { part == section ? part : "\(part): {\(section): {…}}" }
  }

  /// Arguments of `transformers.Trainer` and their like.
  private static let fromTransformers = [
    "model_name_or_path": "model", "base_model": "model", "output_dir": "output",
    "per_device_train_batch_size": "batch_size", "train_batch_size": "batch_size",
    "gradient_accumulation_steps": "accumulate", "max_steps": "steps",
    "num_train_epochs": "epochs", "num_epochs": "epochs", "max_length": "sequence_length",
    "max_seq_length": "sequence_length", "block_size": "sequence_length",
    "pad_to_max_length": "padding", "train_sampling_strategy": "group_by_length",
    "gradient_checkpointing": "checkpoint_activations", "max_grad_norm": "clip_grad_norm",
    "label_smoothing_factor": "label_smoothing",
    "lr_scheduler_type": "schedule", "lr": "learning_rate", "adam_epsilon": "eps",
    "epsilon": "eps", "lr_end": "end_learning_rate", "num_cycles": "cycles",
    "num_warmup_steps": "warmup_steps", "logging_steps": "log_every", "save_steps": "save_every",
    "eval_steps": "eval_every", "early_stopping_patience": "patience",
    "early_stopping_threshold": "threshold", "metric_for_best_model": "metric",
    "optim": "optimizer", "peft": "tuner", "dataset": "data",
  ]
}
