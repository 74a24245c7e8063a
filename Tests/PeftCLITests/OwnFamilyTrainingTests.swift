import Foundation
import Testing

@Suite("Training a model of a family of one's own") struct OwnFamilyTrainingTests {
  private let folder: TrainingFolder
  private var family: String { folder.file("family.yaml").path }

  /// The tiny GPT-2 under another `model_type`, and a family of that type.
  init() throws {
    folder = try TrainingFolder()
    let (model, gpt2) = (
      folder.file("model"), TrainingFolder.fixtures.appendingPathComponent("checkpoints/gpt2")
    )
    try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
    let configuration = try String(
      contentsOf: gpt2.appendingPathComponent("config.json"), encoding: .utf8)
    try configuration.replacingOccurrences(of: "\"gpt2\"", with: "\"own\"")
      .write(to: model.appendingPathComponent("config.json"), atomically: true, encoding: .utf8)
    try FileManager.default.copyItem(
      at: gpt2.appendingPathComponent("model.safetensors"),
      to: model.appendingPathComponent("model.safetensors"))
    try "{extends: gpt2, name: own, model_type: own}"
      .write(to: folder.file("family.yaml"), atomically: true, encoding: .utf8)
  }

  private func recipe(_ name: String, steps: Int = 6) throws -> String {
    try folder.recipe(
      "\(name).yaml",
      ["model": folder.file("model").path, "steps": "\(steps)", "output": "\(folder.path)/\(name)"])
  }

  @Test("With --family it trains as the same model does, and goes on")
  func trains() throws {
    defer { folder.remove() }
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    let own = try PeftProcess("train", recipe("own"), "--family", family)
    #expect(own.status == 0, "\(own.errors)")
    #expect(try folder.losses(of: "own") == folder.losses(of: "run"))
    try folder.text("own/recipe.yaml").replacingOccurrences(of: "steps: 6", with: "steps: 7")
      .write(to: folder.file("own/recipe.yaml"), atomically: true, encoding: .utf8)
    let without = try PeftProcess("train", "--resume", folder.file("own").path)
    #expect(without.status == 1)
    #expect(without.errors.contains("error: model_type 'own' is not known"))
    let resumed = try PeftProcess(
      "train", "--resume", folder.file("own").path, "--family", family)
    #expect(resumed.status == 0, "\(resumed.errors)")
  }

  @Test("A bake-off takes it, too")
  func bakeoff() throws {
    defer { folder.remove() }
    let run = try PeftProcess(
      "bakeoff", recipe("bakeoff", steps: 2), "--family", family, "--tuner",
      "lora:r=1,target_modules=[c_attn]", "--tuner", "lora:r=2,target_modules=[c_attn]",
      "--format", "json")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try (run.json as? [Any])?.count == 2)
  }
}
