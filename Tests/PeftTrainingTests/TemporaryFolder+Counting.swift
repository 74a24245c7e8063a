import Peft
import PeftTestSupport

extension TemporaryFolder {
  /// The recipe of a tiny GPT-2 that learns to count in steps of 7, from tokens in `train.bin` and `eval.bin`.
  func countingRecipe(steps: Int) throws -> TrainingRecipe {
    try countedTokens(700, in: "train.bin")
    try countedTokens(120, in: "eval.bin")
    return try TrainingRecipe(
      text: """
        model: \(Fixture.path("checkpoints/gpt2"))
        tuner: lora
        data: {train: \(path)/train.bin, eval: \(path)/eval.bin, shuffle: true}
        batch_size: 4
        sequence_length: 16
        steps: \(steps)
        eval_every: 2
        save_every: 2
        dropout: 0
        output: \(path)/out
        """)
  }

  func countedTokens(_ count: Int, in name: String) throws {
    let tokens = (0..<count).map { UInt16($0 * 7 % 61) }
    let bytes = tokens.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    try file(name, bytes)
  }
}
