import PeftTestSupport
import Testing

@Suite("Training a model of a family of one's own") struct OwnFamilyTrainingTests {
  private let folder: TemporaryFolder
  private var family: String { folder.path("family.yaml") }

  /// The tiny GPT-2 under another `model_type`, and a family of that type.
  init() throws {
    folder = try .withTokens()
    try folder.copy(Fixture.path("checkpoints/gpt2"), to: "model")
    try folder.edit("model/config.json", "\"gpt2\"", "\"own\"")
    try folder.file("family.yaml", "{extends: gpt2, name: own, model_type: own}")
  }

  private func recipe(_ name: String, steps: Int = 6) throws -> String {
    try folder.recipe(
      "\(name).yaml",
      ["model": folder.path("model"), "steps": "\(steps)", "output": "\(folder.path)/\(name)"])
  }

  @Test("With --family it trains as the same model does, and goes on")
  func trains() throws {
    #expect(try PeftProcess("train", folder.recipe()).status == 0)
    let own = try PeftProcess("train", recipe("own"), "--family", family)
    #expect(own.status == 0, "\(own.errors)")
    #expect(try folder.losses(of: "own") == folder.losses(of: "run"))
    try folder.edit("own/recipe.yaml", "steps: 6", "steps: 7")
    let without = try PeftProcess("train", "--resume", folder.path("own"))
    #expect(without.status == 1)
    #expect(without.errors.contains("error: model_type 'own' is not known"))
    let resumed = try PeftProcess(
      "train", "--resume", folder.path("own"), "--family", family)
    #expect(resumed.status == 0, "\(resumed.errors)")
  }

  @Test("A bake-off takes it, too")
  func bakeoff() throws {
    let run = try PeftProcess(
      "bakeoff", recipe("bakeoff", steps: 2), "--family", family, "--tuner",
      "lora:r=1,target_modules=[c_attn]", "--tuner", "lora:r=2,target_modules=[c_attn]",
      "--format", "json")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try (run.json as? [Any])?.count == 2)
  }
}
