import Peft
import Testing

@Suite("Adapters' folders") struct AdapterFolderTests {
  private static let down = "base_model.model.transformer.h.0.attn.c_attn.lora_A.weight"

  @Test("What does not fit is one list, names from files made harmless")
  func mismatch() throws {
    let adapter = try ChangedAdapter("gpt2-lora") { tensors in
      tensors[Self.down] = nil
      tensors["base_model.model.evil\n  fix: run this\u{1B}[31m"] = Tensor([1 as Float], shape: [1])
      let other = "base_model.model.transformer.h.0.attn.c_attn.lora_B.weight"
      tensors[other] = tensors[other]?.reshaped([1, tensors[other]?.count ?? 0])
    }
    let found = try adapter.error()
    #expect(
      found.hasPrefix("FOLDER: 3 tensors do not fit\n  missing (1):\n    \(Self.down)\n"))
    #expect(
      found.contains("  not expected (1):\n    base_model.model.evil\\u{a}  fix: run this\\u{1b}"))
    #expect(
      found.contains("  misshapen (1):\n    base_model.model.transformer.h.0.attn.c_attn.lora_B"))
    #expect(
      found.hasSuffix(
        "  fix: give the adapter's own base model, or the configuration it was saved with"))
  }

  @Test("Copies of shared bases have to be the same")
  func differingCopies() throws {
    let adapter = try ChangedAdapter("gpt2-randlora") { tensors in
      guard let name = tensors.keys.sorted().first(where: { $0.hasSuffix("c_attn.randlora_A") }),
        let tensor = tensors[name]
      else { return }
      tensors[name] = Tensor(tensor.floats().map { $0 + 1 }, shape: tensor.shape)
    }
    #expect(try adapter.error().contains("copies that differ (1):\n"))
  }

  @Test("The configuration's path means its folder")
  func configurationPath() throws {
    let adapter = try RecordedAdapter.named("gpt2-lora")
    let folder = try AdapterFolder("\(adapter.path)/adapter_config.json")
    let item = try adapter.recordedCase()
    let answer = try folder.applied(to: adapter.base())(item.inputs)
    #expect(item.distance(of: answer) < RecordedAdapter.tolerance)
  }

  @Test("Bases that the file lacks are those of the torch that is named")
  func generations() throws {
    let adapter = try RecordedAdapter.named("gpt2-randlora-unsaved")
    let item = try adapter.recordedCase()
    let folder = try AdapterFolder(adapter.path)
    let new = try folder.applied(to: adapter.base(), generation: .float)
    let old = try folder.applied(to: adapter.base(), generation: .bfloat16)
    #expect(item.distance(of: try new(item.inputs)) < RecordedAdapter.tolerance)
    #expect(item.distance(of: try old(item.inputs)) > 1e-2)
    let words = "the adapter's file lacks randlora_A and randlora_B: drawn from the key as torch "
    #expect(
      new.warnings == [
        words + "from 2.12 on does, and wrong for an adapter made with torch up to 2.11"
      ])
    #expect(
      old.warnings == [
        words + "up to 2.11 does, and wrong for an adapter made with torch from 2.12 on"
      ])
  }

  @Test("A second adapter leaves the first as it is")
  func stacking() throws {
    let adapter = try RecordedAdapter.named("gpt2-lora")
    let item = try adapter.recordedCase()
    let first = try AdapterFolder(adapter.path).applied(to: adapter.base())
    let fresh = try Adapter(
      LoraConfig(r: 4, targetModules: ["c_attn"]), for: first.graph, name: "fresh")
    #expect(
      item.distance(of: try first.adapted(by: fresh)(item.inputs)) < RecordedAdapter.tolerance)
    let twice = try AdapterFolder(adapter.path).applied(to: first, name: "again")
    #expect(item.distance(of: try twice(item.inputs)) > 1e-2)
  }

  @Test("Outputs that the caller holds stay as they are, also when the next run fails")
  func heldOutputs() throws {
    let model = try RecordedAdapter.named("gpt2-lora").base()
    let ids = Tensor([1, 2, 3], shape: [1, 3])
    let first = try model(["input_ids": ids])
    let numbers = first["logits"]?.floats()
    #expect(throws: RunError.self) {
      try model(["input_ids": Tensor([1, 2, 1000], shape: [1, 3])])
    }
    let second = try model(["input_ids": Tensor([4, 5, 6], shape: [1, 3])])
    #expect(first["logits"]?.floats() == numbers)
    #expect(second["logits"]?.floats() != numbers)
    #expect(try model(["input_ids": ids])["logits"]?.floats() == numbers)
  }
}
