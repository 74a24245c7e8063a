import Foundation
import Peft
import PeftTraining

extension FuzzTarget {
  /// A recipe, which says the same when it is written and read again.
  static let recipe = FuzzTarget(
    "recipe", longest: 3_000,
    seeds: {
      let whole = TrainingRecipe(
        model: "gpt2", start: .tuner(try TunerRequest("randlora:r=8").single()),
        data: DataSettings(train: "a.jsonl", eval: "b.csv", target: "{text}"), output: "runs/a")
      return try Seeds.blocks(of: "yaml", in: "README.md") + [Data(whole.text.utf8)]
    },
    { bytes in
      let recipe = try TrainingRecipe(text: bytes.text)
      let again: TrainingRecipe
      do { again = try TrainingRecipe(text: recipe.text) } catch {
        throw FuzzFinding("what was written is refused: \(error)\n\(recipe.text)")
      }
      guard again == recipe else {
        throw FuzzFinding("read otherwise than written:\n\(recipe.text)")
      }
    })
}
