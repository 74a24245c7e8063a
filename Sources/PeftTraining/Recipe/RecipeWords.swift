import PeftAdapters
import PeftReports

/// Where a word belongs that stands in a wrong place, or that `transformers` uses.
enum RecipeWords {
  /// What to do about a field that a section does not have; nil where nothing is known about it.
  static func fix(for name: String, in section: String) -> String? {
    let own = fromTransformers[name] ?? name
    let isTop = section == TrainingRecipe.section.name
    if topNames.contains(own) {
      return isTop ? "write '\(own)'" : "put '\(own)' outside, as a field of the recipe"
    }
    let owners = places.filter { $0.fields.contains(own) }
    if owners.contains(where: { $0.section == section }) { return "write '\(own)'" }
    guard let owner = owners.first else { return nil }
    let isNeighbour = places.contains { $0.section == section && $0.part == owner.part }
    return isNeighbour
      ? "remove it, or choose \(owner.section), which has it"
      : "put '\(own)' into \(owner.place)"
  }

  private static let topNames =
    TrainingRecipe.section.fields.map(\.name) + TrainingRecipe.partNames

  /// The fields of a part of a recipe, or of one method or shape of it.
  private struct Place {
    let part: String
    let section: String
    let fields: [String]

    var place: String { part == section ? part : "\(part): {\(section): {…}}" }
  }

  private static let places =
    [Place(part: "data", section: "data", fields: DataSettings.section.fields.map(\.name))]
    + OptimizerRecipe.methods.map { name, method in
      let fields = OptimizerRecipe(method).section.fields.map(\.name)
      return Place(part: "optimizer", section: name, fields: fields)
    }
    + ScheduleRecipe.shapes.map { name, shape in
      let fields = ScheduleRecipe(shape).section.fields.map(\.name)
      return Place(part: "schedule", section: name, fields: fields)
    }

  /// Arguments of `transformers.Trainer` and their like.
  private static let fromTransformers = [
    "model_name_or_path": "model", "base_model": "model", "output_dir": "output",
    "per_device_train_batch_size": "batch_size", "train_batch_size": "batch_size",
    "gradient_accumulation_steps": "accumulate", "max_steps": "steps",
    "num_train_epochs": "epochs", "num_epochs": "epochs", "max_length": "sequence_length",
    "max_seq_length": "sequence_length", "block_size": "sequence_length",
    "max_grad_norm": "clip_grad_norm", "label_smoothing_factor": "label_smoothing",
    "lr_scheduler_type": "schedule", "lr": "learning_rate", "adam_epsilon": "eps",
    "epsilon": "eps", "lr_end": "end_learning_rate", "num_cycles": "cycles",
    "num_warmup_steps": "warmup_steps", "logging_steps": "log_every", "save_steps": "save_every",
    "eval_steps": "eval_every", "optim": "optimizer", "peft": "tuner", "dataset": "data",
  ]
}
