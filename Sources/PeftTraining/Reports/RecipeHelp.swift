import PeftAdapters
package import PeftReports
import TunerKit

/// What a recipe is, in words and examples.
package enum RecipeHelp {
  package static let shortExample = """
    model: my-checkpoint
    tuner: {lora: {r: 16}}
    data: {train: train.jsonl, text: "{question} {answer}"}
    output: runs/first
    """

  package static let example = """
    model: my-checkpoint
    tuner: {randlora: {r: 32, target_modules: [c_attn]}}   # or adapter: folder
    data: {train: train.jsonl, eval: eval.jsonl, text: "{question} {answer}"}
    batch_size: 8
    sequence_length: 256
    steps: 1000                                            # or epochs: 3
    optimizer: {adamw: {learning_rate: 1e-3, weight_decay: 0.01}}
    schedule: {cosine: {warmup_steps: 50}}
    output: runs/first
    save_every: 200
    eval_every: 100
    """

  /// Every field: its default, what it means and, below that, what it accepts.
  package static func fields(_ catalog: TrainingCatalog) -> Table {
    let recipe = TrainingRecipe(
      model: "", start: .adapter(""), data: DataSettings(train: ""), output: "")
    let parts = [
      part("tuner", "A new adapter.", "a tuner's name, {lora: {r: 16}}, lora:r=16, or a path"),
      part("adapter", "An adapter to continue training, instead of a tuner.", "a folder's path"),
      part("data", "The training and evaluation data.", "a path, or a map of the fields below"),
    ]
    let choices = [
      part(
        "optimizer", "Optimizer.", "a name, {adamw: {eps: 1e-6}}, or adamw:eps=1e-6",
        standard: recipe.optimizer.name),
      part(
        "schedule", "Learning-rate schedule.",
        "a name, {linear: {warmup_steps: 9}}, or linear:warmup_steps=9",
        standard: recipe.schedule.name),
    ]
    let top =
      rows(TrainingRecipe.modelFields, recipe) + parts.flatMap(\.self)
      + rows(TrainingRecipe.lengthFields, recipe) + choices.flatMap(\.self)
      + rows(TrainingRecipe.otherFields, recipe)
      + part(
        "early_stopping", "Early stopping: evaluations without an improvement end the run.",
        "a map of the fields below, or null", standard: "null")
    let sections =
      [
        Table.Section("a recipe", rows: top),
        Table.Section("data", rows: rows(DataSettings.section.fields, recipe.data)),
        Table.Section(
          "early_stopping", rows: rows(EarlyStopping.section.fields, EarlyStopping())),
        Table.Section(
          "data formats", rows: catalog.formats.explained.map { [$0.ending, "", $0.summary] }),
      ]
      + catalog.methods.optimizers.map { method in
        let optimizer = OptimizerRecipe(method.init())
        return Table.Section(
          "optimizer: \(method.name)", rows: rows(optimizer.section.fields, optimizer))
      }
      + catalog.methods.schedules.map { method in
        let schedule = ScheduleRecipe(method.init())
        return Table.Section(
          "schedule: \(method.name)", rows: rows(schedule.section.fields, schedule))
      }
    return Table(["field", "default", "meaning"].map { Table.Column($0) }, sections: sections)
  }

  private static func rows<Value>(
    _ fields: [ConfigurationField<Value>], _ value: Value
  ) -> [[String]] {
    fields.flatMap { field in
      let written = field.write(value)
      // A field without a default is required.
      let standard = written == .text("") ? "" : written.description
      return part(field.name, field.summary, field.expectation, standard: standard)
    }
  }

  /// A field on two lines, so that it fits a terminal.
  private static func part(
    _ name: String, _ meaning: String, _ expectation: String, standard: String = ""
  ) -> [[String]] {
    [[name, standard, meaning], ["", "", "  \(expectation)"]]
  }
}
