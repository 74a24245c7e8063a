import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Tasks of trained adapters") struct TaskTypeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Trains a step, and gives what was written.
  private func trained(
    _ checkpoint: String, _ start: String, inputs: [String: Tensor], labels: Tensor
  ) throws -> (configuration: JSONValue, parameters: Int, card: String) {
    let rows = folder.path("\(checkpoint).safetensors")
    try SafetensorsWriter.write(inputs.merging(["labels": labels]) { $1 }, to: rows)
    let recipe = try TrainingRecipe(
      text: """
        model: \(Fixture.path("checkpoints/\(checkpoint)"))
        \(start)
        data: \(rows)
        batch_size: 4
        steps: 1
        output: \(folder.path("run-\(checkpoint)"))
        """)
    let trainer = try Trainer(recipe)
    try trainer.run()
    let last = "run-\(checkpoint)/last"
    return (
      try JSONValue(path: folder.path("\(last)/adapter_config.json")), trainer.parameterCount,
      try folder.text("\(last)/README.md")
    )
  }

  private static let ids = Tensor((0..<32).map { 3 + $0 * 7 % 29 }, shape: [4, 8])
  private static let classes = Tensor([0, 1, 1, 0], shape: [4])
  private static let tokens = ["input_ids": ids]
  private static let pixels = [
    "pixel_values": Tensor((0..<900).map { Float($0 % 7) }, shape: [4, 1, 15, 15])
  ]

  @Test(
    "A task is written where PEFT has one and would apply the adapter as it is",
    arguments: [
      // The head is trained in full: what the task adds is there already.
      ("bert-classifier", "target_modules: [query], modules_to_save: [classifier]", "SEQ_CLS"),
      ("roberta-classifier", "target_modules: [query], modules_to_save: [classifier]", "SEQ_CLS"),
      // The task saves what ends with "classifier", and so does the tuner.
      (
        "distilbert-classifier", "target_modules: [q_lin], modules_to_save: [classifier]", "SEQ_CLS"
      ),
      // The task would train a head in full that the tuner leaves alone, or adapts.
      ("bert-classifier", "target_modules: [query]", nil),
      ("bert-classifier", "target_modules: all-linear", nil),
      ("distilbert-classifier", "target_modules: [q_lin, pre_classifier]", nil),
      ("gpt2", "target_modules: all-linear", "CAUSAL_LM"),
      ("t5", "target_modules: [q]", "SEQ_2_SEQ_LM"),
      ("bert-masked-lm", "target_modules: [query]", nil),
      ("vit-classifier", "target_modules: [q_proj], modules_to_save: [classifier]", nil),
      // What the tuner says counts.
      ("gpt2", "target_modules: [c_attn], task_type: FEATURE_EXTRACTION", "FEATURE_EXTRACTION"),
      ("bert-classifier", "target_modules: [query], task_type: SEQ_CLS", "SEQ_CLS"),
    ] as [(String, String, String?)])
  func written(checkpoint: String, settings: String, task: String?) throws {
    let isImage = checkpoint.hasPrefix("vit")
    let hasClasses = checkpoint.hasSuffix("classifier")
    let run = try trained(
      checkpoint, "tuner: {lora: {r: 2, \(settings)}}", inputs: isImage ? Self.pixels : Self.tokens,
      labels: hasClasses ? Self.classes : Self.ids)
    #expect(run.configuration["task_type"] == task.map { .text($0) } ?? .null)
    // What the file says is applied as what was trained.
    let adapter = folder.path("run-\(checkpoint)/last")
    let base = try Model(Fixture.path("checkpoints/\(checkpoint)"))
    let weights = try AdapterFolder(adapter).weights(for: base)
    let count = weights.adapter.tensors.filter(\.isTrained).reduce(0) { $0 + $1.shape.reduce(1, *) }
    let copies = weights.adapter.copies.reduce(0) { $0 + $1.shape.reduce(1, *) }
    #expect(count + copies == run.parameters)
    #expect(run.card.hasPrefix("---\nlibrary_name: peft\n"))
    #expect(run.card.contains("AutoPeftModelFor") == (task != nil))
    // PEFT writes one or the other.
    let mapping = run.configuration["auto_mapping"]
    #expect((mapping == .null) == (task != nil))
    let name = checkpoint.split(separator: "-")[0]
    #expect(
      mapping?["parent_library"]
        == (task == nil ? .text("transformers.models.\(name).modeling_\(name)") : nil))
    #expect(run.card.contains("import AutoPeftModel\n") == (task == nil))
    #expect(!run.card.contains(Fixture.path("")), "a path of this machine is in the card")
  }

  @Test("An adapter that is trained further gets its task, and keeps one that it has")
  func further() throws {
    let first = try trained(
      "gpt2", "tuner: {lora: {r: 2, target_modules: [c_attn]}}", inputs: Self.tokens,
      labels: Self.ids)
    #expect(first.configuration["task_type"] == "CAUSAL_LM")
    for (written, expected) in [
      ("null", "CAUSAL_LM"), ("\"FEATURE_EXTRACTION\"", "FEATURE_EXTRACTION"),
    ] {
      try folder.copy(folder.path("run-gpt2/last"), to: "adapter")
      try folder.edit("adapter/adapter_config.json", "\"CAUSAL_LM\"", written)
      try folder.remove("run-gpt2")
      let second = try trained(
        "gpt2", "adapter: \(folder.path("adapter"))", inputs: Self.tokens, labels: Self.ids)
      #expect(second.configuration["task_type"] == .text(expected))
      try folder.remove("run-gpt2")
      _ = try trained(
        "gpt2", "tuner: {lora: {r: 2, target_modules: [c_attn]}}", inputs: Self.tokens,
        labels: Self.ids)
      try folder.remove("adapter")
    }
  }
}
