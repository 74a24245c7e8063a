import Foundation
import PeftTestSupport

/// Folders with tokens and recipes for the tiny GPT-2, whose vocabulary has 40 tokens and more.
extension TemporaryFolder {
  /// A folder with `tokens.bin`.
  static func withTokens() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let bytes = (0..<1000).flatMap { index in
      let token = UInt16((index * 7 + index / 13) % 40)
      return [UInt8(token & 255), UInt8(token >> 8)]
    }
    try folder.file("tokens.bin", bytes)
    return folder
  }

  /// Writes a recipe and gives its path.
  /// - Parameter fields: Instead of those that are there, or beside them.
  func recipe(_ name: String = "recipe.yaml", _ fields: [String: String] = [:]) throws -> String {
    var all = [
      "model": Fixture.path("checkpoints/gpt2"),
      "tuner": "{lora: {r: 2, target_modules: [c_attn]}}",
      "data": "{train: \(path)/tokens.bin, eval: \(path)/tokens.bin}",
      "batch_size": "2", "sequence_length": "8", "steps": "6", "log_every": "2",
      "output": path("run"),
    ]
    all.merge(fields) { $1 }
    let text = all.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
      .map { "\($0.key): \($0.value)\n" }.joined()
    return try file(name, text)
  }

  /// The losses of a run by step, as they are written.
  func losses(of run: String) throws -> [String] {
    try text("\(run)/log.jsonl").split(separator: "\n").map {
      $0.components(separatedBy: ", \"learning_rate").first ?? ""
    }
  }
}
