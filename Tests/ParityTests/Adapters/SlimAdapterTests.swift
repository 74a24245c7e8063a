import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("Adapters without their bases, and with them again") struct SlimAdapterTests {
  private static func withBases() throws -> [String] {
    try RecordedAdapter.all().filter { adapter in
      try AdapterFolder(adapter.path).inspection().bases?.copies ?? 0 > 0
    }.map(\.folder).exactly(25, "adapters with bases")
  }

  @Test(
    "Every tensor comes back to the bit, and so does the configuration",
    arguments: try withBases())
  func roundTrip(name: String) throws {
    let adapter = try ChangedAdapter(name)
    let (slim, back) = (adapter.beside("slim"), adapter.beside("back"))
    let written = try adapter.folder.writeSlim(to: slim)
    #expect(written.hasChanged)
    #expect(try written.bytesBefore == adapter.folder.byteCount)
    #expect(try written.bytesAfter == AdapterFolder(slim).byteCount)
    let before = try ChangedAdapter.tensors(in: adapter.path)
    let without = try ChangedAdapter.tensors(in: slim)
    #expect(
      Set(without.keys)
        == Set(before.keys.filter { !$0.hasSuffix("randlora_A") && !$0.hasSuffix("randlora_B") }))
    #expect(without.allSatisfy { $0.value.isSame(as: before[$0.key]) })
    #expect(try ChangedAdapter.settings(in: slim)["save_projection"] as? Bool == false)

    try AdapterFolder(slim).writeRestored(to: back, projection: .perModule)
    let after = try ChangedAdapter.tensors(in: back)
    #expect(before.allSatisfy { $0.value.isSame(as: after[$0.key]) })
    #expect(
      try ChangedAdapter.settings(in: back) == ChangedAdapter.settings(in: adapter.path))
    let file = try SafetensorsFile(path: "\(back)/adapter_model.safetensors")
    #expect(file.metadata["format"] == "pt")
    #expect(file.metadata["bases.shape.randlora_A"] != nil)
  }

  @Test(
    "A slim adapter answers as before",
    arguments: [
      "llama-randlora", "llama-randlora-bases-earlier", "gpt2-randlora-sparse-bases-once",
    ])
  func answers(name: String) throws {
    let recorded = try RecordedAdapter.named(name)
    let adapter = try ChangedAdapter(name)
    try adapter.folder.writeSlim(to: adapter.beside("slim"))
    let item = try recorded.recordedCase()
    let model = try AdapterFolder(adapter.beside("slim")).applied(to: recorded.base())
    #expect(model.warnings.isEmpty)
    #expect(item.distance(of: try model(item.inputs)) <= RecordedAdapter.tolerance)
  }

  @Test("Bases of the older torch are a warning, and how to put them back")
  func olderTorch() throws {
    let adapter = try ChangedAdapter("llama-randlora-bases-earlier")
    let written = try adapter.folder.writeSlim(to: adapter.beside("slim"))
    #expect(written.generation == .bfloat16)
    #expect(
      written.warnings == [
        "the bases are those of torch up to 2.11: PEFT under torch from 2.12 on would draw others "
          + "without a warning; 'peft adapter restore' writes them back"
      ])
    let newer = try ChangedAdapter("llama-randlora")
    #expect(try newer.folder.writeSlim(to: newer.beside("slim")).warnings.isEmpty)
  }

  @Test("An adapter with nothing to take out is copied, byte for byte")
  func nothingToDo() throws {
    for name in ["gpt2-lora", "llama-randlora-unsaved"] {
      let adapter = try ChangedAdapter(name)
      let written = try adapter.folder.writeSlim(to: adapter.beside("slim"))
      #expect(!written.hasChanged)
      for file in ["adapter_config.json", "adapter_model.safetensors"] {
        let before = try Data(contentsOf: URL(filePath: "\(adapter.path)/\(file)"))
        #expect(
          try Data(contentsOf: URL(filePath: adapter.beside("slim/\(file)"))) == before)
      }
    }
    let lora = try ChangedAdapter("gpt2-lora")
    #expect(try !lora.folder.writeRestored(to: lora.beside("back")).hasChanged)
  }

  @Test("The adapter's own folder is replaced in one step; what was read of it stays valid")
  func inPlace() throws {
    let adapter = try ChangedAdapter("llama-randlora")
    try Data("card".utf8).write(to: URL(filePath: "\(adapter.path)/README.md"))
    let before = try ChangedAdapter.tensors(in: adapter.path)
    let numbers = before.mapValues { $0.floats() }
    let folder = try adapter.folder
    try folder.writeSlim(to: adapter.path)
    let slim = try adapter.folder.byteCount
    #expect(before.mapValues { $0.floats() } == numbers)
    // The folder that was opened before still has its bases, and the one on the disk has none.
    #expect(try folder.inspection().bases?.copies == 15)
    #expect(try !adapter.folder.writeSlim(to: adapter.path).hasChanged)
    #expect(try adapter.folder.byteCount == slim)
    #expect(
      try String(contentsOfFile: "\(adapter.path)/README.md", encoding: .utf8) == "card")
    try adapter.folder.writeRestored(to: adapter.path, projection: .perModule)
    let after = try ChangedAdapter.tensors(in: adapter.path)
    #expect(before.allSatisfy { $0.value.isSame(as: after[$0.key]) })
  }

  @Test("Writing twice gives the same bytes")
  func repeated() throws {
    let adapter = try ChangedAdapter("t5-randlora")
    for name in ["one", "two"] { try adapter.folder.writeSlim(to: adapter.beside(name)) }
    for file in ["adapter_config.json", "adapter_model.safetensors"] {
      #expect(
        try Data(contentsOf: URL(filePath: adapter.beside("one/\(file)")))
          == Data(contentsOf: URL(filePath: adapter.beside("two/\(file)"))))
    }
  }

  @Test("Names without PEFT's wrapper stay so; bases then are with every module")
  func bare() throws {
    let adapter = try ChangedAdapter("llama-randlora-bases-by-module") { tensors in
      tensors = Dictionary(
        uniqueKeysWithValues: tensors.map { (String($0.dropFirst("base_model.model.".count)), $1) })
    }
    let inspection = try adapter.folder.inspection()
    #expect(inspection.modules.count == 6)
    #expect(inspection.bases?.projection == .perModule)
    #expect(inspection.bases?.fileBytes[.shared] == nil)
    let slim = adapter.beside("slim")
    try adapter.folder.writeSlim(to: slim)
    #expect(
      adapter.message { try AdapterFolder(slim).writeRestored(to: adapter.beside("back")) } == """
        slim: the file's names lack 'base_model.': there is none for bases of the whole model
          fix: write the bases with every module (per-module)
        """)
    try AdapterFolder(slim).writeRestored(to: adapter.beside("back"), projection: .perModule)
    let (before, after) = try (
      ChangedAdapter.tensors(in: adapter.path), ChangedAdapter.tensors(in: adapter.beside("back"))
    )
    #expect(before.count == after.count)
    #expect(before.allSatisfy { $0.value.isSame(as: after[$0.key]) })
  }

  @Test("Bases that were stored in 16 bits without loss come back in 16 bits")
  func sixteenBits() throws {
    let adapter = try ChangedAdapter("llama-randlora-bases-once") { tensors in
      for (name, tensor) in tensors where name.contains("randlora_A") || name.contains("randlora_B")
      {
        tensors[name] = tensor.converted(to: .bfloat16)
      }
    }
    try adapter.folder.writeSlim(to: adapter.beside("slim"))
    try AdapterFolder(adapter.beside("slim")).writeRestored(to: adapter.beside("back"))
    let before = try ChangedAdapter.tensors(in: adapter.path)
    let after = try ChangedAdapter.tensors(in: adapter.beside("back"))
    #expect(before.count == after.count)
    #expect(before.allSatisfy { $0.value.isSame(as: after[$0.key]) })
  }

  @Test("What PEFT wrote without bases is restored with the model and the torch that are named")
  func restoredFromModel() throws {
    for (name, generation) in [
      ("llama-randlora-unsaved", TorchGeneration.float), ("llama-randlora-sparse-unsaved", nil),
    ] {
      let adapter = try ChangedAdapter(name)
      let recorded = try RecordedAdapter.named(name)
      let back = adapter.beside("back")
      try adapter.folder.writeRestored(
        to: back, generation: generation, on: recorded.base().graph)
      #expect(try AdapterFolder(back).inspection().bases?.origin == .key(generation))
      let item = try recorded.recordedCase()
      let model = try AdapterFolder(back).applied(to: recorded.base())
      #expect(model.warnings.isEmpty)
      #expect(item.distance(of: try model(item.inputs)) <= RecordedAdapter.tolerance)
    }
  }

  @Test("A basis that is there says which torch drew the one that is not")
  func oneOfTwo() throws {
    let adapter = try ChangedAdapter("llama-randlora-bases-earlier") { tensors in
      for name in tensors.keys where name.hasSuffix("randlora_B") { tensors[name] = nil }
    }
    let recorded = try RecordedAdapter.named("llama-randlora-bases-earlier")
    let back = adapter.beside("back")
    try adapter.folder.writeRestored(to: back, projection: .perModule, on: recorded.base().graph)
    let before = try ChangedAdapter.tensors(in: recorded.path)
    let after = try ChangedAdapter.tensors(in: back)
    #expect(before.allSatisfy { $0.value.isSame(as: after[$0.key]) })
  }

  @Test("Bases larger than the modules, as a second adapter of PEFT's has, come from the key")
  func largerBases() throws {
    let name = "llama-randlora-bases-once"
    let recorded = try RecordedAdapter.named(name)
    let base = try recorded.base()
    // The bases of an adapter of the head, which has more outputs, in the file of one without it.
    var configuration = RandLoraConfig(r: 6, targetModules: ["q_proj", "lm_head"])
    configuration.randloraAlpha = 15
    let whole = try AdapterWeights(
      Adapter(configuration, for: base.graph), on: base, generation: .bfloat16)
    let adapter = try ChangedAdapter(name) { tensors in
      for basis in ["randlora_A", "randlora_B"] {
        tensors["base_model.\(basis)"] = whole.tensors["\(basis).\(Adapter.defaultName)"]
      }
    }
    let before = try adapter.folder.weights(for: base)
    let own = try #require(before.tensors["randlora_B.\(Adapter.defaultName)"]).shape
    #expect(try ChangedAdapter.tensors(in: adapter.path)["base_model.randlora_B"]?.shape != own)
    try adapter.folder.writeSlim(to: adapter.beside("slim"))
    let after = try AdapterFolder(adapter.beside("slim")).weights(for: base)
    #expect(before.tensors.keys == after.tensors.keys)
    #expect(before.tensors.allSatisfy { $0.value.isSame(as: after.tensors[$0.key]) })
    // For the adapter's own shapes the key gives other numbers.
    #expect(throws: AdapterFolderError.self) {
      try after.write(to: adapter.beside("none"), on: base.graph, projection: .none)
    }
  }

  @Test("Bases at a module where nothing is trained are another adapter's: PEFT may draw others")
  func basesOfAnother() throws {
    let adapter = try ChangedAdapter("llama-randlora") { tensors in
      for name in tensors.keys where name.contains("layers.0.") && name.contains("q_proj") {
        if name.hasSuffix("_lambda") || name.hasSuffix("_gamma") { tensors[name] = nil }
      }
    }
    let warnings = try adapter.folder.writeSlim(to: adapter.beside("slim")).warnings
    #expect(warnings.contains { $0.contains("for an adapter of other modules (model.layers.0.") })
  }

  @Test("An adapter of GPT-2's size without bases has 3.8 MB")
  func gpt2() throws {
    let graph = try ModelDescription("gpt2").graph()
    let base = Model(graph, parameters: [:])
    let adapter = try Adapter(
      RandLoraConfig(r: 32, targetModules: .allLinear, taskType: .causalLanguageModel), for: graph)
    let place = try ChangedAdapter("gpt2-lora")
    try AdapterWeights(adapter, on: base, seed: 1)
      .write(to: place.path, on: graph, projection: .none)
    let inspection = try place.folder.inspection()
    #expect(inspection.trainedParameters == 48 * 24 * (32 + 768))
    #expect(inspection.fileBytes <= 3_800_000)
    let sizes = try #require(inspection.bases?.fileBytes)
    #expect(sizes[.shared] ?? 0 > 13_000_000)
    #expect(sizes[.perModule] ?? 0 > 460_000_000)
  }
}
