import Peft
import PeftBasics
import PeftCheckpoints
import PeftTestSupport
import Testing

@Suite("A head that starts from random numbers") struct FreshHeadTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let rows = 24
    let ids = (0..<rows * 9).map { 3 + $0 * 7 % 50 }
    try SafetensorsWriter.write(
      [
        "input_ids": Tensor(ids, shape: [rows, 9]),
        "labels": Tensor((0..<rows).map { $0 % 3 }, shape: [rows]),
      ], to: "\(folder.path)/train.safetensors")
  }

  private static let inputs = ["input_ids": Tensor([5, 17, 3, 58], shape: [1, 4])]

  /// A recorded checkpoint without some of its tensors.
  private func model(
    _ name: String = "bert-classifier", without prefixes: [String] = ["classifier."],
    range: String = "0.02"
  ) throws -> String {
    let source = Fixture.path("checkpoints/\(name)")
    let path = folder.path(name)
    try folder.file("\(name)/config.json", Fixture.bytes("checkpoints/\(name)/config.json"))
    try folder.edit(
      "\(name)/config.json", #""initializer_range": 0.02"#, #""initializer_range": \#(range)"#)
    let checkpoint = try Checkpoint(path: source)
    let kept = checkpoint.names.filter { name in !prefixes.contains { name.hasPrefix($0) } }
    try SafetensorsWriter.write(
      Dictionary(uniqueKeysWithValues: kept.map { ($0, try checkpoint.tensor($0)) }),
      to: "\(path)/model.safetensors")
    return path
  }

  private static let noHead = """
    bert-classifier: these are not the weights of 'bert-classifier'
      not in the files (2):
        classifier.weight [5, 36]
        classifier.bias [5]
      fix: write modules_to_save: [classifier] in the tuner to train one initialised at random, or \
    give an adapter that has it
    """

  private func recipe(
    _ model: String, start: String = "tuner: \(Self.tuner)", output: String = "run", steps: Int = 4,
    seed: Int = 0
  ) throws -> TrainingRecipe {
    try TrainingRecipe(
      text: """
        model: \(model)
        \(start)
        data: {train: \(folder.path)/train.safetensors}
        batch_size: 4
        steps: \(steps)
        save_every: 2
        seed: \(seed)
        output: \(folder.path)/\(output)
        """)
  }

  private static let tuner =
    "{lora: {r: 2, target_modules: [query, value], modules_to_save: [classifier]}}"

  private func head(_ recipe: TrainingRecipe, _ name: String = "weight") throws -> [Float]? {
    try Trainer(recipe).weights.tensors["classifier.modules_to_save.default.\(name)"]?.floats()
  }

  @Test(
    "Weights are those that transformers draws after torch.manual_seed, biases zero",
    arguments: [
      ("bert-classifier", 0, "weight", "bias", [-0.022516796, -0.023047203, -0.0050115716]),
      ("bert-classifier", 1, "weight", "bias", [-0.030511918, -0.015004636, -0.013079618]),
      (
        "roberta-classifier", 0, "out_proj.weight", "dense.bias",
        [0.016129915, -0.0030687633, -0.0054905973]
      ),
    ] as [(String, Int, String, String, [Float])])
  func numbers(name: String, seed: Int, weight: String, bias: String, first: [Float]) throws {
    let path = try model(name)
    let weights = try head(recipe(path, seed: seed), weight)
    #expect(weights?.prefix(3) == first[...])
    let biases = try head(recipe(path, output: "other", seed: seed), bias)
    #expect(biases?.allSatisfy { $0 == 0 } == true)
  }

  @Test("A new table has zeros in the row of padding, which is not trained")
  func paddingRow() throws {
    let name = "bert.embeddings.word_embeddings"
    let tuner = "tuner: {lora: {r: 2, target_modules: [query], modules_to_save: [word_embeddings]}}"
    let trainer = try Trainer(recipe(model(without: ["\(name)."]), start: tuner))
    let table = try #require(
      trainer.weights.tensors["\(name).modules_to_save.default.weight"]?.floats())
    #expect(table.indices.allSatisfy { (table[$0] == 0) == ($0 < 36) })
  }

  @Test("They are as far from zero as config.json says")
  func range() throws {
    let narrow = try #require(try head(recipe(model())))
    let wide = try #require(try head(recipe(model(range: "0.5"), output: "wide")))
    for (wide, narrow) in zip(wide, narrow) { #expect(abs(wide - 25 * narrow) < 1e-5) }
  }

  @Test(
    "One warning names the modules, or the tensors where a module has others",
    arguments: [
      (["classifier."], "classifier"), (["classifier.bias"], "classifier.bias"), ([], nil),
    ])
  func warnings(without prefixes: [String], lacks: String?) throws {
    let trainer = try Trainer(recipe(model(without: prefixes)))
    #expect(
      trainer.warnings
        == (lacks.map { ["the checkpoint lacks \($0): initialised at random"] } ?? []))
  }

  @Test("The base stays without it: the adapter's copy is enough to run, and to be merged")
  func running() throws {
    let path = try model()
    try Trainer(recipe(path)).run()
    let adapter = try AdapterFolder("\(folder.path)/run/last")
    let base = try Model(ModelDescription(path), for: [adapter])
    var model = PeftModel(base)
    try model.add(adapter.weights(for: base))
    let outputs = try model(Self.inputs)
    #expect(outputs["logits"]?.isFinite == true)
    #expect(
      message { _ = try model.disableAdapters { try $0(Self.inputs) } } == """
        classifier.weight has no weights
          fix: load a checkpoint that has it
        """)
    let merged = try model.mergeAndUnload()
    #expect(OutputDifference(try merged(Self.inputs), outputs).relative < 1e-5)
    #expect(folder.message { _ = try Model(path) } == Self.noHead)
  }

  @Test("A run that is stopped goes on with the same bits, from the seed's head")
  func resume() throws {
    let path = try model()
    try Trainer(recipe(path, output: "whole")).run()
    var left = 2
    try Trainer(recipe(path, output: "parts")).run(until: {
      left -= 1
      return left <= 0
    })
    let rest = try Trainer(resuming: "\(folder.path)/parts", threads: 1)
    #expect(rest.startStep == 2)
    try rest.run()
    let bits = try ["whole", "parts"].map { run in
      try folder.bytes("\(run)/last/adapter_model.safetensors")
    }
    #expect(bits[0] == bits[1])
  }

  @Test("Another run goes on from the adapter's head, without a warning")
  func goingOn() throws {
    let path = try model()
    let first = try Trainer(recipe(path))
    try first.run()
    let next = try Trainer(
      recipe(path, start: "adapter: \(folder.path)/run/last", output: "next"))
    #expect(next.warnings == [])
    let name = "classifier.modules_to_save.default.weight"
    #expect(next.weights.tensors[name]?.floats() == first.weights.tensors[name]?.floats())
    try next.run()
  }

  @Test(
    "What the tuner does not save in full is missing",
    arguments: [
      ["classifier.", "bert.pooler."], ["classifier.", "bert.embeddings.word_embeddings."],
      ["classifier.", "bert.encoder.layer.0.attention.self.query.bias"],
    ])
  func otherMissing(prefixes: [String]) throws {
    let path = try model(without: prefixes)
    let error = try #require(message { _ = try Trainer(recipe(path)) })
    #expect(error.contains("  not in the files ("))
    #expect(error.contains("    \(prefixes[1])"))
    #expect(!error.contains("    classifier"))
    #expect(
      error.contains("modules_to_save: [bert.pooler, classifier]")
        == (prefixes[1] == "bert.pooler."))
  }

  @Test("A plan does without what every planned tuner saves in full")
  func plan() throws {
    let description = try ModelDescription(model())
    var saving = LoraConfig(r: 2, targetModules: ["query"])
    saving.options.targets.modulesToSave = ["classifier"]
    #expect(try description.storedGraph(for: [saving]).entryCount == description.graph().entryCount)
    for tuners in [[], [saving, LoraConfig(r: 2, targetModules: ["query"])]] {
      #expect(folder.message { _ = try description.storedGraph(for: tuners) } == Self.noHead)
    }
  }
}
