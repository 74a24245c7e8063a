import Peft
import PeftTestSupport
import Testing

@Suite("Switching adapters") struct PeftModelBehaviourTests {
  private static func model(_ names: String...) throws -> (PeftModel, [String: Tensor]) {
    let first = try RecordedAdapter.named(names[0])
    var model = PeftModel(try first.base())
    for name in names { try model.loadAdapter(try RecordedAdapter.named(name).path, as: name) }
    return (model, try first.recordedCase().inputs)
  }

  private func numbers(_ outputs: [String: Tensor]) -> [String: [Float]] {
    outputs.mapValues { $0.floats() }
  }

  @Test(
    "Disabling, unmerging and deleting give the base's answers to the bit",
    arguments: try RecordedAdapter.all()
      .filter { $0.kind.contains("bias") || $0.kind == "dora" }.exactly(59, "adapters"))
  func backToTheBase(recorded: RecordedAdapter) throws {
    let base = try recorded.base()
    let inputs = try recorded.recordedCase().inputs
    let expected = numbers(try base(inputs))
    var model = PeftModel(base)
    try model.loadAdapter(recorded.path)
    let adapted = numbers(try model(inputs))
    #expect(adapted != expected)
    #expect(numbers(try model.disableAdapters { try $0(inputs) }) == expected)
    #expect(numbers(try model(inputs)) == adapted)
    if let path = recorded.biasWithoutPlace {
      #expect(throws: AdapterError.noBiasToMerge(path)) { try model.mergeAdapter() }
    } else {
      try model.mergeAdapter()
      #expect(model.mergedAdapters == ["default"])
      #expect(numbers(try model.disableAdapters { try $0(inputs) }) == expected)
      model.unmergeAdapter()
      #expect(numbers(try model(inputs)) == adapted)
    }
    try model.setAdapters([])
    #expect(numbers(try model(inputs)) == expected)
    try model.deleteAdapter("default")
    #expect(numbers(try model(inputs)) == expected)
  }

  @Test("Unmerging 16-bit weights gives them back to the bit")
  func sixteenBits() throws {
    let merge = try #require(try RecordedMerge.all().first { $0.dtype == "bfloat16" })
    let base = try merge.base()
    let inputs = ["input_ids": Tensor([1, 2, 3, 4], shape: [1, 4])]
    let expected = numbers(try base(inputs))
    var model = PeftModel(base)
    try model.add(merge.weights(on: base))
    try model.mergeAdapter()
    #expect(numbers(try model(inputs)) != expected)
    model.unmergeAdapter()
    try model.setAdapters([])
    #expect(numbers(try model(inputs)) == expected)
  }

  @Test("A copy of a model goes its own way")
  func value() throws {
    let (model, inputs) = try Self.model("gpt2-lora", "gpt2-lora-patterns")
    let expected = numbers(try model(inputs))
    var copy = model
    try copy.setAdapter("gpt2-lora-patterns")
    #expect(numbers(try copy(inputs)) != expected)
    try copy.mergeAdapter()
    try copy.deleteAdapter("gpt2-lora")
    #expect(numbers(try model(inputs)) == expected)
    #expect(model.activeAdapters == ["gpt2-lora"])
    #expect(Array(copy.adapters.keys) == ["gpt2-lora-patterns"])
  }

  @Test("Adapters of one name in copies of a model stay apart")
  func copiesWithOneName() throws {
    let (model, inputs) = try Self.model("gpt2-lora")
    var copies = [model, model]
    for (index, name) in ["gpt2-lora-patterns", "gpt2-dora"].enumerated() {
      try copies[index].loadAdapter(try RecordedAdapter.named(name).path, as: "same")
      try copies[index].setAdapter("same")
    }
    let answers = try copies.map { numbers(try $0(inputs)) }
    #expect(answers[0] != answers[1])
  }

  @Test("Merging twice adds once, and merging all equals all active")
  func mergingTwice() throws {
    var (model, inputs) = try Self.model("gpt2-lora", "gpt2-lora-patterns")
    try model.setAdapter("gpt2-lora", "gpt2-lora-patterns")
    let together = try model(inputs)
    try model.mergeAdapter(["gpt2-lora"])
    try model.mergeAdapter(["gpt2-lora"])
    let half = try model(inputs)
    try model.mergeAdapter()
    for answer in [half, try model(inputs)] {
      for (name, tensor) in answer {
        let expected = try #require(together[name]).floats()
        #expect(zip(tensor.floats(), expected).allSatisfy { abs($0 - $1) < 1e-4 }, "\(name)")
      }
    }
    let unloaded = try model.mergeAndUnload(["gpt2-lora", "gpt2-lora-patterns"])
    #expect(numbers(try unloaded(inputs)) == numbers(try model(inputs)))
    #expect(unloaded.graph.parameters.allSatisfy { $0.role == .base })
  }

  @Test("Deleting the active adapter activates the first that is left by name")
  func deleting() throws {
    var (model, _) = try Self.model("gpt2-lora", "gpt2-lora-patterns", "gpt2-dora")
    try model.deleteAdapter("gpt2-lora")
    #expect(model.activeAdapters == ["gpt2-dora"])
    try model.addAdapter(LoraConfig(r: 2, targetModules: ["c_fc"]), name: "fresh")
    #expect(Array(model.adapters.keys) == ["gpt2-lora-patterns", "gpt2-dora", "fresh"])
    #expect(model.activeAdapters == ["gpt2-dora"])
  }

  @Test("What cannot be is said in words")
  func errors() throws {
    var (model, inputs) = try Self.model("gpt2-lora", "gpt2-lora-patterns")
    #expect(
      message { try model.setAdapter("gpt2-lore") } == """
        no adapter is called 'gpt2-lore'
          fix: did you mean 'gpt2-lora'?
        """)
    #expect(
      message { try model.addAdapter(LoraConfig(), name: "gpt2-lora") } == """
        there is an adapter called 'gpt2-lora' already
          fix: choose another name, or delete it first
        """)
    #expect(
      message { _ = try model(inputs, adapterNames: ["gpt2-lora"]) }?.hasPrefix(
        "there is 1 adapter name for ") == true)
    try model.mergeAdapter()
    #expect(
      message { try model.deleteAdapter("gpt2-lora") } == """
        the adapter 'gpt2-lora' is merged
          fix: unmerge it first
        """)
    #expect(
      message { _ = try model(inputs, adapterNames: ["gpt2-lora"]) }
        == """
        rows cannot have adapters of their own while one is merged
          fix: unmerge it first
        """)
    for name in ["a/b", "..", "a.b", ""] {
      #expect(
        message { try model.addAdapter(LoraConfig(), name: name) } == """
          '\(name)' cannot be the name of an adapter
            fix: choose one of up to 200 letters, without dots and slashes
          """)
    }
    for name in ["h", "transformer"] {
      #expect(
        message { try model.addAdapter(LoraConfig(), name: name) } == """
          an adapter cannot be called '\(name)', as a module of the model is
            fix: choose another name: PEFT would save nothing of the model's other adapters
          """)
    }
    #expect(
      message { try model.addAdapter(LoraConfig(), name: "__base__") } == """
        there is an adapter called '__base__' already
          fix: choose another name, or delete it first
        """)
  }

  @Test(
    "Bases of two keys in one model are refused, adapters with copies of one module in use at once")
  func contradictions() throws {
    let base = try RecordedAdapter.named("gpt2-lora").base()
    var model = PeftModel(base)
    var config = RandLoraConfig(r: 6, targetModules: ["c_attn"])
    try model.addAdapter(config, name: "first")
    config.projectionPrngKey = 3
    #expect(
      message { try model.addAdapter(config, name: "second") } == """
        the bases of 'second' come from key 3, those of 'first' from 0
          fix: give both one projection_prng_key, or use them in models of their own: PEFT loads no \
        such pair
        """)
    var saving = LoraConfig(r: 2, targetModules: ["c_attn"], modulesToSave: ["ln_f"])
    try model.addAdapter(saving, name: "third")
    saving.r = 3
    try model.addAdapter(saving, name: "fourth")
    #expect(
      message { try model.setAdapter("third", "fourth") } == """
        transformer.ln_f.weight is trained by another adapter as well, 'third'
          fix: use one of them at a time: their copies cannot be added up
        """)
    #expect(model.activeAdapters == ["first"])
  }

  @Test("A module that a merge gave its own weight can be replaced by a copy of another adapter")
  func copyAfterMerging() throws {
    var (model, inputs) = try Self.model("gpt2-lora-head-tied", "gpt2-lora-saved-head-tied")
    try model.setAdapter("gpt2-lora-head-tied")
    try model.mergeAdapter()
    let merged = numbers(try model(inputs))
    try model.setAdapter("gpt2-lora-saved-head-tied")
    #expect(numbers(try model(inputs)) != merged)
    model.unmergeAdapter()
    let item = try RecordedAdapter.named("gpt2-lora-saved-head-tied").recordedCase()
    #expect(item.distance(of: try model(item.inputs)) <= RecordedAdapter.tolerance)
  }

  @Test("Copies of one parameter for different modules go together")
  func copiesOfSharedWeights() throws {
    var (model, inputs) = try Self.model(
      "gpt2-lora-saved-head-tied", "gpt2-lora-saved-embedding-tied")
    let alone = numbers(try model(inputs))
    try model.setAdapter("gpt2-lora-saved-head-tied", "gpt2-lora-saved-embedding-tied")
    #expect(numbers(try model(inputs)) != alone)
  }

  @Test("A merge that would not be finite is refused, and nothing is merged")
  func notFinite() throws {
    let recorded = try RecordedAdapter.named("gpt2-lora")
    let base = try recorded.base()
    let weights = try AdapterFolder(recorded.path).weights(for: base)
    let name = "transformer.h.0.attn.c_attn.lora_B.default.weight"
    let tensor = try #require(weights.tensors[name])
    let huge = AdapterWeights(
      weights.adapter,
      tensors: weights.tensors.merging([
        name: Tensor([Float](repeating: 3e38, count: tensor.count), shape: tensor.shape)
      ]) { $1 })
    var model = PeftModel(base)
    try model.add(huge)
    #expect(
      message { try model.mergeAdapter() }?.hasPrefix(
        "merging would make transformer.h.0.attn.c_attn.weight inf or NaN\n")
        == true)
    #expect(model.mergedAdapters == [])
  }
}
