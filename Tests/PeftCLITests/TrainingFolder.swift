import Foundation
import PeftBasics

/// A folder with tokens and recipes for the tiny GPT-2, whose vocabulary has 40 tokens and more.
struct TrainingFolder {
  let url: URL
  var path: String { url.path }

  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures")

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("peft-training-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    var bytes = Data()
    for index in 0..<1000 {
      let token = UInt16((index * 7 + index / 13) % 40)
      bytes.append(contentsOf: [UInt8(token & 255), UInt8(token >> 8)])
    }
    try bytes.write(to: file("tokens.bin"))
  }

  func remove() { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  func text(_ name: String) throws -> String { try String(contentsOf: file(name), encoding: .utf8) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).path) }

  /// Writes a recipe and gives its path.
  /// - Parameter fields: Instead of those that are there, or beside them.
  func recipe(_ name: String = "recipe.yaml", _ fields: [String: String] = [:]) throws -> String {
    var all = [
      "model": "\(Self.fixtures.path)/checkpoints/gpt2",
      "tuner": "{lora: {r: 2, target_modules: [c_attn]}}",
      "data": "{train: \(path)/tokens.bin, eval: \(path)/tokens.bin}",
      "batch_size": "2", "sequence_length": "8", "steps": "6", "log_every": "2",
      "output": "\(path)/run",
    ]
    all.merge(fields) { $1 }
    let text = all.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
      .map { "\($0.key): \($0.value)\n" }.joined()
    try text.write(to: file(name), atomically: true, encoding: .utf8)
    return file(name).path
  }

  /// The losses of a run by step, as they are written.
  func losses(of run: String) throws -> [String] {
    try text("\(run)/log.jsonl").split(separator: "\n").map {
      $0.components(separatedBy: ", \"learning_rate").first ?? ""
    }
  }
}
