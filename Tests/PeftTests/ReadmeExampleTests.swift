import Peft
import PeftTestSupport
import Testing

@Suite("The README's Swift") struct ReadmeExampleTests {
  private func readme() throws -> String { try Repository.text("README.md") }

  @Test("Five lines give the trained parameters and a summary")
  func fiveLines() throws {
    let model = try AdapterPlan(
      "gpt2", tuner: RandLoraConfig(r: 32, targetModules: ["c_attn", "c_proj"]))
    #expect(model.trainableParameters == 691_200)
    #expect(
      model.summary
        == "trainable params: 691,200 || all params: 125,131,008 || trainable%: 0.5524")
    #expect(
      try readme().contains(
        """
        let model = try AdapterPlan(
          "gpt2", tuner: RandLoraConfig(r: 32, targetModules: ["c_attn", "c_proj"]))
        print(model.trainableParameters, model.summary)
        """))
  }

  @Test("Four lines run a checkpoint")
  func running() throws {
    let folder = "Tests/Fixtures/checkpoints/gpt2"
    let model = try Model(Repository.root.appending(path: folder).path)
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

  @Test("A training is a recipe and a trainer")
  func training() throws {
    let folder = try TemporaryFolder()
    var recipe = TrainingRecipe(
      model: Fixture.path("checkpoints/gpt2"),
      start: .tuner(LoraConfig(r: 4, targetModules: ["c_attn"])),
      data: DataSettings(train: [Fixture.path("training/tokens.npy")]), output: folder.path("run"))
    recipe.sequenceLength = 16
    recipe.length = .steps(50)
    recipe.optimizer.learningRate = 3e-3
    let trainer = try Trainer(recipe)
    var losses: [Double] = []
    let summary = try trainer.run { event in
      if case .step(let step) = event { losses.append(step.loss) }
    }
    #expect(summary.isFinished && losses.count == 50)
    #expect(losses.suffix(5).reduce(0, +) < losses.prefix(5).reduce(0, +))
    let text = try readme()
    for line in [
      "recipe.sequenceLength = 16", "recipe.length = .steps(50)",
      "let summary = try trainer.run { event in", "let trainer = try Trainer(recipe)",
      "start: .tuner(LoraConfig(r: 4, targetModules: [\"c_attn\"])),",
    ] {
      #expect(text.contains(line))
    }
  }

  @Test("Adapters come and go in ten lines")
  func adapters() throws {
    let folder = try TemporaryFolder()
    let base = try Model(Fixture.path("checkpoints/gpt2"))
    let inputs = ["input_ids": Tensor([0, 1, 2, 3, 4, 5], shape: [2, 3])]
    var model = try PeftModel(
      base, tuner: LoraConfig(r: 4, targetModules: ["c_attn"]), name: "fresh")
    try model.loadAdapter(Fixture.path("adapted/gpt2-lora"), as: "loaded")
    try model.setAdapter("fresh", "loaded")
    let both = try #require(model(inputs)["logits"]).floats()
    let rows = try #require(
      model(inputs, adapterNames: ["loaded", "__base__"])["logits"]
    ).floats()
    let plain = try #require(model.disableAdapters { try $0(inputs) }["logits"]).floats()
    #expect(zip(rows, plain).suffix(3 * 61).allSatisfy { abs($0 - $1) < 1e-4 })
    // A fresh LoRA adds nothing.
    #expect(zip(rows, both).prefix(3 * 61).allSatisfy { abs($0 - $1) < 1e-4 })
    try model.addWeightedAdapter(["fresh", "loaded"], weights: [0.5, 1], name: "sum")
    try model.saveAdapter("sum", to: folder.path("sum"))
    var other = PeftModel(base)
    try other.loadAdapter(folder.path("sum"))
    let saved = try #require(other(inputs)["logits"]).floats()
    #expect(saved.count == both.count)
    #expect(zip(saved, both).allSatisfy { abs($0 - $1) < 1e-4 })
    let text = try readme()
    for line in [
      "try model.loadAdapter(", "try model.setAdapter(\"fresh\", \"loaded\")",
      "let rows = try model(inputs, adapterNames: [\"loaded\", \"__base__\"])",
      "let plain = try model.disableAdapters { try $0(inputs) }",
      "try model.addWeightedAdapter([\"fresh\", \"loaded\"], weights: [0.5, 1], name: \"sum\")",
      "try model.saveAdapter(\"sum\", to: \"my-adapter\")",
    ] { #expect(text.contains(line), "\(line)") }
  }

  @Test("The tuner of the example is the one that is tested here")
  func tunerIsShown() throws {
    #expect(
      try readme().contains(Repository.text("Tests/PeftTests/Examples/LoHaTuner.swift")))
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
