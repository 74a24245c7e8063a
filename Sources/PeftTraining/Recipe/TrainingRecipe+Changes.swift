import PeftAdapters

extension TrainingRecipe {
  /// The fields that a run may not change once it has begun and that differ, by their names: all but its
  /// length, its folder, its threads, and how often it reports.
  package func changes(from old: TrainingRecipe) -> [String] {
    let free = ["steps", "epochs", "output", "threads", "save_every", "eval_every", "log_every"]
    let own = Self.section.fields.filter { !free.contains($0.name) }
      .filter { $0.write(self) != $0.write(old) }.map(\.name)
    let data = DataSettings.section.fields.filter { $0.write(self.data) != $0.write(old.data) }
      .map { "data.\($0.name)" }
    let parts = [
      ("tuner or adapter", start == old.start), ("optimizer", optimizer == old.optimizer),
      ("schedule", schedule == old.schedule),
    ]
    return own + data + parts.filter { !$0.1 }.map(\.0)
  }
}
