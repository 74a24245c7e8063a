import Peft
import Testing

@Suite("Adapted models") struct AdaptedGraphTests {
  @Test("Whatever LoRA can update is updated in the graph", arguments: BundledModels.names)
  func everyWeight(name: String) throws {
    let base = try ModelDescription(name, setting: [("layers", "2")]).graph()
    let kinds = Set(LoRATuner.supportedKinds)
    let modules = base.modules.modules.filter { kinds.contains($0.kind) }.map(\.path)
    // T5's encoder and decoder share this weight and read it under their own names.
    let paths = modules.filter { $0 != "shared" }
    for dropout in [0, 0.1] {
      let lora = LoraConfig(r: 2, targetModules: .names(paths), loraDropout: dropout)
      let model = try AdapterPlan(base, tuner: lora)
      let graph = try model.graph()
      try graph.validate()
      #expect(model.adapter.updates.count == paths.count)
      #expect(graph.entryCount == model.budget.allParameters)
      #expect(graph.outputs.map(\.name) == base.outputs.map(\.name))
    }
  }

  @Test("A weight that nothing reads cannot be updated in the graph")
  func unusedWeight() throws {
    let model = try AdapterPlan("t5-small", tuner: LoraConfig(targetModules: ["shared"]))
    #expect(throws: AdapterError.unusedWeight("shared")) { try model.graph() }
  }

  @Test(
    "What a module has is read from the copy that is saved in full, also by what stands beside the module",
    arguments: ["bert-base", "clip-vit-b32", "dinov2-b14", "gpt2", "t5-small", "vit-b16"])
  func savedModules(name: String) throws {
    let base = try ModelDescription(name, setting: [("layers", "1")]).graph()
    let outputs = Set(base.outputs.map(\.name))
    let names = base.modules.parameterNames()
    let ownRead = base.parametersRead(by: outputs).filter { names[$0]?.count == 1 }
    let linears = base.modules.modules.filter { [.linear, .conv1D].contains($0.kind) }.map(\.path)
    var count = 0
    for path in base.modules.modules.map(\.path) where !path.isEmpty {
      let owned = ownRead.intersection(base.modules.ownParameters(of: path).values)
      let target = linears.first { $0 != path && !$0.hasPrefix(path + ".") }
      guard !owned.isEmpty, let target else { continue }
      let tuner = LoraConfig(r: 1, targetModules: [target], modulesToSave: [path])
      let adapted = try base.adapted(by: Adapter(tuner, for: base))
      #expect(adapted.parametersRead(by: outputs).isDisjoint(with: owned), "\(path)")
      count += 1
    }
    #expect(count > 7)
  }

  /// All but the body of a ResNet, which has no linear layer.
  @Test(
    "RandLora's bases are in the graph once",
    arguments: BundledModels.names.filter { $0 != "resnet" })
  func bases(name: String) throws {
    let base = try ModelDescription(name, setting: [("layers", "2")]).graph()
    let model = try AdapterPlan(base, tuner: RandLoraConfig(r: 64, targetModules: .allLinear))
    let graph = try model.graph()
    try graph.validate()
    #expect(graph.entryCount == model.budget.allParameters + model.budget.basisEntries)
  }
}
