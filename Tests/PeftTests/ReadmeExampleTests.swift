import Foundation
import Peft
import Testing

@Suite("The README's Swift") struct ReadmeExampleTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func readme() throws -> String {
    try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
  }

  @Test("Five lines give the trained parameters and a summary")
  func fiveLines() throws {
    let model = try PeftModel(
      "gpt2", tuner: RandLoraConfig(r: 32, targetModules: ["c_attn", "c_proj"]))
    #expect(model.trainableParameters == 691_200)
    #expect(
      model.summary
        == "trainable params: 691,200 || all params: 125,131,008 || trainable%: 0.5524")
    #expect(
      try readme().contains(
        """
        let model = try PeftModel(
          "gpt2", tuner: RandLoraConfig(r: 32, targetModules: ["c_attn", "c_proj"]))
        print(model.trainableParameters, model.summary)
        """))
  }

  @Test("Four lines run a checkpoint")
  func running() throws {
    let folder = "Tests/Fixtures/checkpoints/gpt2"
    let model = try Model(Self.root.appending(path: folder).path)
    let outputs = try model(["input_ids": Tensor([0, 1, 2], shape: [1, 3])])
    #expect(outputs["logits"]?.shape == [1, 3, 61])
    #expect(
      try readme().contains(
        """
        let model = try Model("\(folder)")
        let outputs = try model(["input_ids": Tensor([0, 1, 2], shape: [1, 3])])
        print(outputs["logits"]?.shape ?? [])
        """))
  }

  @Test("The tuner of the example is the one that is tested here")
  func tunerIsShown() throws {
    let file = Self.root.appending(path: "Tests/PeftTests/Examples/LoHaTuner.swift")
    #expect(try readme().contains(String(contentsOf: file, encoding: .utf8)))
  }

  @Test("The tuner of the example is named, counted and bounded like any other")
  func tunerWorks() throws {
    var registry = TunerRegistry.standard
    try registry.register(LoHaTuner.self)
    let request = try TunerRequest("loha:r=4|8,target_modules=[c_attn]", registry: registry)
    let comparison = try Comparison([ModelDescription("gpt2").graph()], [request])
    #expect(comparison.rows.map(\.trainableParameters) == [294_912, 589_824])
    #expect(comparison.rows.map(\.updateRank) == [16, 64])
  }
}
