import PeftAdapters
import PeftReports

extension RecipeDraft {
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
    let isEvaluated = places["data.eval"] != nil || places["data.split"] != nil
    for (problem, fields) in recipe.contradictions(isEvaluated: isEvaluated)
    where !fields.contains(where: damagedParts.contains) {
      add(problem, at: fields.compactMap { places[$0] }.first)
    }
  }
}
