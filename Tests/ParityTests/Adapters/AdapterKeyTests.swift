import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("Names in adapters' files") struct AdapterKeyTests {
  /// A way to write the names, and the note that it gets.
  struct Spelling: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let note: String
    let change: @Sendable (String) -> String
  }

  private static let named = "the names in the adapter's file are read without the adapter's, "
  private static let without = "the names in the adapter's file are read without "

  /// A key with an adapter's name behind the tensor's own first part.
  private static func key(_ key: String, adapter: String) -> String {
    var parts = key.split(separator: ".").map(String.init)
    let isWhole = ["weight", "bias"].contains(parts.last)
    parts.insert(adapter, at: parts.count - (isWhole ? 1 : 0))
    return parts.joined(separator: ".")
  }

  static let spellings: [Spelling] = [
    Spelling(testDescription: "default", note: named + "'default'") { key($0, adapter: "default") },
    Spelling(testDescription: "a name", note: named + "'poems'") { key($0, adapter: "poems") },
    Spelling(testDescription: "DDP", note: without + "'module'") { "module.\($0)" },
    Spelling(testDescription: "twice", note: without + "'_orig_mod' and 'module'") {
      "module._orig_mod.\($0)"
    },
    Spelling(testDescription: "torch.compile", note: without + "'_orig_mod'") { "_orig_mod.\($0)" },
    Spelling(testDescription: "a field", note: without + "'student'") { "student.\($0)" },
    Spelling(testDescription: "compiled layers", note: without + "'_orig_mod'") {
      $0.replacing(".attn.", with: "._orig_mod.attn.").replacing(
        ".self_attn.", with: "._orig_mod.self_attn.")
    },
    Spelling(testDescription: "checkpointing", note: without + "'_checkpoint_wrapped_module'") {
      $0.replacing(".0.", with: ".0._checkpoint_wrapped_module.")
    },
    Spelling(testDescription: "FSDP", note: without + "'_fsdp_wrapped_module'") {
      $0.replacing("base_model.model.", with: "base_model.model._fsdp_wrapped_module.")
    },
    Spelling(testDescription: "DDP inside", note: without + "'module'") {
      $0.replacing("base_model.model.", with: "base_model.model.module.")
    },
  ]

  @Test(
    "Wrappers and the adapter's name are read past, with a note", arguments: spellings,
    ["gpt2-lora", "llama-dora", "gpt2-randlora", "llama-lora-embedding"])
  func spelled(spelling: Spelling, name: String) throws {
    let adapter = try ChangedAdapter(name) { tensors in
      tensors = Dictionary(
        uniqueKeysWithValues: tensors.map { key, tensor in
          let isBase = key.contains("base_layer")
          let isNamed = spelling.note.hasPrefix(Self.named)
          return (isBase && isNamed ? key : spelling.change(key), tensor)
        })
    }
    let recorded = try adapter.recorded
    let item = try recorded.recordedCase()
    let base = try recorded.base()
    let weights = try adapter.folder.weights(for: base)
    #expect(
      item.distance(of: try base.adapted(by: [weights])(item.inputs)) <= RecordedAdapter.tolerance)
    let isChanged =
      try ChangedAdapter.tensors(in: adapter.path).keys.sorted()
      != ChangedAdapter.tensors(in: recorded.path).keys.sorted()
    #expect(weights.notes.contains(spelling.note) == isChanged, "\(weights.notes)")
  }

  @Test("The lengths of DoRA's rows may be called as the layer's weight")
  func magnitudes() throws {
    for end in [".weight", ".default.weight"] {
      let adapter = try ChangedAdapter("llama-dora") { tensors in
        tensors = Dictionary(
          uniqueKeysWithValues: tensors.map { key, tensor in
            let isNamed = end.contains("default")
            if key.hasSuffix("lora_magnitude_vector") { return (key + end, tensor) }
            return (isNamed ? Self.key(key, adapter: "default") : key, tensor)
          })
      }
      #expect(try adapter.error() == "")
      let item = try adapter.recorded.recordedCase()
      let model = try adapter.folder.applied(to: adapter.recorded.base())
      #expect(item.distance(of: try model(item.inputs)) <= RecordedAdapter.tolerance)
    }
  }

  @Test("With two adapters in a file, PEFT's first name is meant, and the other is too much")
  func twoNames() throws {
    let adapter = try ChangedAdapter("gpt2-lora") { tensors in
      let plain = tensors
      tensors = [:]
      for (key, tensor) in plain {
        tensors[Self.key(key, adapter: "default")] = tensor
        tensors[Self.key(key, adapter: "other")] = tensor
      }
    }
    #expect(try adapter.error().contains("not expected (16):\n"))
    let unnamed = try ChangedAdapter("gpt2-lora") { tensors in
      for (key, tensor) in tensors {
        tensors[key] = nil
        tensors[Self.key(key, adapter: "one")] = tensor
        tensors[Self.key(key, adapter: "two")] = tensor
      }
    }
    #expect(
      try unnamed.error().contains(
        "fix: several adapters are in the file, under their names: load the one that is meant"))
  }

  @Test("Saved modules and bases are found behind the adapter's name")
  func savedModules() throws {
    let adapter = try ChangedAdapter("bert-lora") { tensors in
      for (key, tensor) in tensors {
        tensors[key] = nil
        if key.contains(".classifier.") {
          let saved = key.replacing(".classifier.", with: ".classifier.modules_to_save.default.")
          tensors[saved] = tensor
          tensors[key.replacing(".classifier.", with: ".classifier.original_module.")] = tensor
        } else {
          tensors[Self.key(key, adapter: "default")] = tensor
        }
      }
    }
    #expect(try adapter.error() == "")
    let item = try adapter.recorded.recordedCase()
    let model = try adapter.folder.applied(to: adapter.recorded.base())
    #expect(item.distance(of: try model(item.inputs)) <= RecordedAdapter.tolerance)
  }

  @Test("What PEFT writes of saved modules twice more is left aside, but is no copy by itself")
  func repeated() throws {
    func error(removing: Bool) throws -> String {
      try ChangedAdapter("bert-lora") { tensors in
        for (key, tensor) in tensors where key.contains(".classifier.") {
          for inner in [".classifier.modules_to_save.", ".classifier.original_module."] {
            tensors[key.replacing(".classifier.", with: inner)] = tensor.replacing(0) { $0 + 1 }
          }
          if removing { tensors[key] = nil }
        }
      }.error()
    }
    #expect(try error(removing: false) == "")
    #expect(
      try error(removing: true).contains(
        "missing (2):\n    base_model.model.classifier.weight\n"))
  }

  /// Modules that transformers 5 has renamed, each in an adapter of an earlier release.
  struct Renaming: Sendable, CustomTestStringConvertible {
    let adapter: String
    let old: @Sendable (String) -> String
    let targets: @Sendable (Any) -> Any
    let note: String
    var testDescription: String { adapter }
  }

  private static func older(_ key: String, _ encoder: String) -> String {
    key.replacing(".layers.", with: encoder)
      .replacing(".attention.q_proj.", with: ".attention.attention.query.")
      .replacing(".attention.k_proj.", with: ".attention.attention.key.")
      .replacing(".attention.v_proj.", with: ".attention.attention.value.")
      .replacing(".attention.o_proj.", with: ".attention.output.dense.")
      .replacing(".mlp.fc1.", with: ".intermediate.dense.")
      .replacing(".mlp.fc2.", with: ".output.dense.")
  }

  private static func olderNames(_ value: Any) -> Any {
    let names = ["q_proj": "query", "k_proj": "key", "v_proj": "value"]
    return (value as? [String])?.map { names[$0] ?? $0 } ?? value
  }

  static let renamings = [
    Renaming(
      adapter: "vit-lora", old: { older($0, ".encoder.layer.") }, targets: olderNames,
      note: "vit.encoder.layer.0.attention.attention.query, which is vit.layers.0.attention.q_proj"),
    Renaming(
      adapter: "vit-randlora", old: { older($0, ".encoder.layer.") }, targets: olderNames,
      note: "vit.encoder.layer.0.attention.attention.query, which is vit.layers.0.attention.q_proj"),
    Renaming(
      adapter: "vit-dora", old: { older($0, ".encoder.layer.") },
      targets: { _ in #".*\.(query|key|value|dense)"# },
      note: "vit.encoder.layer.0.attention.attention.key, which is vit.layers.0.attention.k_proj"),
  ]

  @Test("Modules that transformers has renamed are found", arguments: renamings)
  func renamed(renaming: Renaming) throws {
    let adapter = try ChangedAdapter(
      renaming.adapter,
      settings: { $0["target_modules"] = renaming.targets($0["target_modules"]!) },
      change: { tensors in
        tensors = Dictionary(
          uniqueKeysWithValues: tensors.map { (renaming.old($0.key), $0.value) })
      })
    let item = try adapter.recorded.recordedCase()
    let base = try adapter.recorded.base()
    let weights = try adapter.folder.weights(for: base)
    #expect(
      item.distance(of: try base.adapted(by: [weights])(item.inputs)) <= RecordedAdapter.tolerance)
    #expect(
      weights.notes == [
        "the adapter names modules as earlier releases of transformers do: \(renaming.note) today"
      ])
  }

  @Test("A head that was renamed, adapted or saved in full, with patterns of ranks")
  func renamedHead() throws {
    let base = try Fixture.checkpoint("gpt_neox")
    let inputs = ["input_ids": Tensor([5, 17, 3], shape: [1, 3])]
    for isSaved in [false, true] {
      let tuner = LoraConfig(
        r: 2, targetModules: isSaved ? ["query_key_value"] : ["query_key_value", "lm_head"],
        modulesToSave: isSaved ? ["lm_head"] : [],
        rankPattern: isSaved ? [:] : ["lm_head": 5], initLoraWeights: .random)
      let weights = try AdapterWeights(Adapter(tuner, for: base.graph), on: base, seed: 4)
      let place = try TemporaryFolder()
      try weights.write(to: place.path("adapter"), on: base.graph)
      try place.edit("adapter/adapter_config.json", "\"lm_head\"", "\"embed_out\"")
      let file = place.path("adapter/adapter_model.safetensors")
      let tensors = try SafetensorsFile(path: file).tensors
      try SafetensorsWriter.write(
        Dictionary(
          uniqueKeysWithValues: tensors.map {
            ($0.key.replacing(".lm_head.", with: ".embed_out."), $0.value)
          }), to: file)
      let found = try AdapterFolder(place.path("adapter")).weights(for: base)
      let expected = try base.adapted(by: [weights])(inputs)
      let answer = try base.adapted(by: [found])(inputs)
      #expect(OutputDifference(answer, expected).largest == 0)
      #expect(OutputDifference(try base(inputs), expected).relative > 1e-3)
    }
  }
}
