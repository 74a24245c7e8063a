import Foundation
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Adapters as they are found, at the command line") struct FoundAdapterCommandTests {
  private static func checkpoint(_ name: String) -> String { Fixture.path("checkpoints/\(name)") }
  private static func adapter(_ name: String) -> String { Fixture.path("adapted/\(name)") }
  private static let ids = ["input_ids": Tensor([5, 17, 3, 58], shape: [1, 4])]

  /// A model's folder with an adapter's two files in it.
  private func folder(_ model: String, with adapter: String) throws -> TemporaryFolder {
    let place = try TemporaryFolder()
    try place.makeFolder("model")
    for name in ["config.json", "model.safetensors"] {
      _ = try place.copy("\(Self.checkpoint(model))/\(name)", to: "model/\(name)")
    }
    for name in ["adapter_config.json", "adapter_model.safetensors"] {
      _ = try place.copy("\(Self.adapter(adapter))/\(name)", to: "model/\(name)")
    }
    try SafetensorsWriter.write(Self.ids, to: place.path("in.safetensors"))
    return place
  }

  private func run(_ place: TemporaryFolder, _ more: String...) throws -> PeftProcess {
    try PeftProcess(
      arguments: [
        "run", place.path("model"), "--input", place.path("in.safetensors"), "--output",
        place.path("out.safetensors"),
      ] + more)
  }

  private func outputs(_ place: TemporaryFolder) throws -> [String: Tensor] {
    try tensors(place.path("out.safetensors"))
  }

  private func tensors(_ path: String) throws -> [String: Tensor] {
    let file = try SafetensorsFile(path: path)
    return try Dictionary(
      uniqueKeysWithValues: file.names.map { ($0, try #require(file.tensor($0))) })
  }

  @Test(
    "An adapter beside the model is used, with a note, unless it is to be left alone",
    arguments: [("gpt2", "gpt2-lora"), ("llama-grouped", "llama-dora")])
  func beside(model: String, adapter: String) throws {
    let place = try folder(model, with: adapter)
    let base = try Model(Self.checkpoint(model))
    let adapted = try AdapterFolder(Self.adapter(adapter)).applied(to: base)(Self.ids)
    let used = try run(place)
    #expect(used.status == 0)
    #expect(
      used.errors.hasPrefix(
        "note: an adapter lies in the model's own folder and is used, as in transformers; --no-adapter "
          + "leaves it alone\n"))
    #expect(OutputDifference(try outputs(place), adapted).largest == 0)
    let left = try run(place, "--no-adapter")
    #expect(left.errors.hasPrefix("wrote "))
    #expect(OutputDifference(try outputs(place), try base(Self.ids)).largest == 0)
    #expect(try run(place, "--no-adapter", "--adapter", Self.adapter(adapter)).status == 64)
  }

  @Test("Training a new adapter says that the one beside the model is not used")
  func trainingBeside() throws {
    let place = try folder("gpt2", with: "gpt2-lora")
    let tokens = try TemporaryFolder.withTokens()
    func train(_ output: String, _ start: String...) throws -> String {
      let result = try PeftProcess(
        arguments: [
          "train", "--model", place.path("model"), "--data", tokens.path("tokens.bin"),
          "--batch-size",
          "1", "--sequence-length", "8", "--steps", "1", "--output", place.path(output),
        ] + start)
      #expect(result.status == 0, "\(result.errors)")
      return result.errors
    }
    let words = "warning: an adapter lies in the model's own folder and is not used: "
    #expect(try train("new", "--tuner", "lora:r=2,target_modules=[c_attn]").contains(words))
    #expect(try !train("more", "--adapter", place.path("model")).contains(words))
  }

  @Test(
    "What there is to say about where an adapter began is said when it is used",
    arguments: ["loftq", "corda"])
  func start(name: String) throws {
    let place = try TemporaryFolder()
    let original = Self.adapter("gpt2-lora")
    let text = try String(contentsOfFile: "\(original)/adapter_config.json", encoding: .utf8)
    let field = "\"init_lora_weights\": "
    _ = try place.file(
      "adapter/adapter_config.json", text.replacing("\(field)true", with: "\(field)\"\(name)\""))
    _ = try place.copy(
      "\(original)/adapter_model.safetensors", to: "adapter/adapter_model.safetensors")
    try SafetensorsWriter.write(Self.ids, to: place.path("in.safetensors"))
    let given = [Self.checkpoint("gpt2"), "--adapter", place.path("adapter")]
    for command in [
      ["run"] + given + ["--input", place.path("in.safetensors"), "--output", place.path("out")],
      ["merge"] + given + ["--output", place.path("merged")],
    ] {
      let result = try PeftProcess(arguments: command)
      #expect(result.status == 0, "\(result.errors)")
      #expect(
        result.errors.contains(
          "warning: the adapter began with \(name), which changes the weights of"))
    }
  }

  @Test(
    "It can be merged into its model, and is not beside the new one",
    arguments: ["", "/config.json"])
  func mergedBeside(file: String) throws {
    let place = try folder("gpt2", with: "gpt2-lora")
    let result = try PeftProcess(
      arguments: ["merge", place.path("model") + file, "--output", place.path("merged")])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try place.names(in: "merged").sorted() == ["config.json", "model.safetensors"])
    let adapted = try AdapterFolder(Self.adapter("gpt2-lora"))
      .applied(to: Model(Self.checkpoint("gpt2")))(Self.ids)
    #expect(OutputDifference(try Model(place.path("merged"))(Self.ids), adapted).relative < 1e-5)
    let none = try PeftProcess(
      arguments: ["merge", place.path("model"), "--no-adapter", "--output", place.path("other")])
    #expect(none.status == 64)
  }

  @Test("An adapter in the model's place is named as one, with its base")
  func adapterAsModel() throws {
    let place = try TemporaryFolder()
    func error(_ configuration: String) throws -> String {
      _ = try place.file("adapter/adapter_config.json", configuration)
      let result = try PeftProcess(
        arguments: ["describe", place.path("adapter")])
      #expect(result.status == 1)
      return result.errors.replacingOccurrences(of: place.path("adapter"), with: "FOLDER")
    }
    #expect(
      try error(#"{"peft_type": "LORA", "base_model_name_or_path": "gpt2"}"#) == """
        error: 'FOLDER' is an adapter, not a model
          fix: give the model that it was trained on, gpt2, as MODEL, and '--adapter FOLDER'

        """)
    #expect(
      try error(#"{"peft_type": "LORA", "base_model_name_or_path": null}"#).contains(
        "fix: give the model that it was trained on as MODEL, and '--adapter FOLDER'"))
    #expect(
      try error(#"{"fine_tune_type": "lora", "model": "mlx-community/Tiny"}"#).contains(
        "fix: give the model that it was trained on, mlx-community/Tiny, as MODEL"))
  }

  @Test(
    "Adapters of other programs are named as such",
    arguments: [
      (
        #"{"fine_tune_type": "lora", "num_layers": 2}"#, "an adapter of mlx-lm's",
        "convert it to PEFT's format (lora_a and lora_b transposed"
      ),
      (
        #"{"lora_layers": 4, "lora_parameters": {"rank": 8}}"#, "an adapter of mlx-lm's",
        "mlx_lm.fuse"
      ),
      (
        #"{"model_type": "bert", "model_class": "BertAdapterModel", "config": {}}"#,
        "an adapter of the adapters library's", "merge it with the adapters library"
      ),
    ])
  func otherPrograms(configuration: String, problem: String, fix: String) throws {
    let place = try TemporaryFolder()
    _ = try place.file("adapter/adapter_config.json", configuration)
    let result = try PeftProcess(
      arguments: [
        "run", Self.checkpoint("gpt2"), "--adapter", place.path("adapter"), "--input", "x",
        "--output", place.path("y"),
      ])
    #expect(result.status == 1)
    #expect(result.errors.contains("error: this is \(problem), not one of PEFT's\n"))
    #expect(result.errors.contains("  fix: ") && result.errors.contains(fix))
  }

  /// An adapter that saves modules in full, for a model with dimensions of its own.
  private func resized(
    _ model: String, setting: [(String, String)], _ tuner: LoraConfig, to path: String
  ) throws -> Model {
    let base = try Model(
      random: ModelDescription(Self.checkpoint(model), setting: setting), seed: 3)
    let weights = try AdapterWeights(Adapter(tuner, for: base.graph), on: base, seed: 5)
    try weights.write(to: path, on: base.graph)
    return base
  }

  @Test("--set reaches the merged config.json: a larger vocabulary")
  func vocabulary() throws {
    let place = try TemporaryFolder()
    let tuner = LoraConfig(
      r: 2, targetModules: ["q_proj"], modulesToSave: ["embed_tokens", "lm_head"],
      initLoraWeights: .random)
    _ = try resized(
      "llama-grouped", setting: [("vocabulary", "70")], tuner, to: place.path("adapter"))
    let (model, adapter) = (Self.checkpoint("llama-grouped"), place.path("adapter"))
    let unset = try PeftProcess(
      arguments: ["merge", model, "--adapter", adapter, "--output", place.path("merged")])
    #expect(unset.status == 1)
    #expect(
      unset.errors.contains(
        "fix: give the base model the adapter's sizes, --set vocabulary=70, or the adapter that"))
    let result = try PeftProcess(
      arguments: [
        "merge", model, "--set", "vocabulary=70", "--adapter", adapter, "--output",
        place.path("merged"),
      ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try place.text("merged/config.json").contains("\"vocab_size\": 70"))
    let inputs = ["input_ids": Tensor([69, 5, 62], shape: [1, 3])]
    let folder = try AdapterFolder(adapter)
    let description = try ModelDescription(model, setting: [("vocabulary", "70")])
    let expected = try folder.applied(to: Model(description, for: [folder]))(inputs)
    #expect(OutputDifference(try Model(place.path("merged"))(inputs), expected).relative < 1e-5)
  }

  @Test(
    "A table that the adapter's file has with new tokens takes the base's place under all of its names",
    arguments: [
      ("gpt2", ["lm_head.weight"], ["transformer.wte.weight", "lm_head.weight"], []),
      (
        "gpt2", ["transformer.wte.weight", "lm_head.weight"],
        ["transformer.wte.weight", "lm_head.weight"], []
      ),
      (
        "roberta-masked-lm", ["roberta.embeddings.word_embeddings.weight"],
        ["lm_head.decoder.weight", "lm_head.decoder.bias"], ["word_embeddings"]
      ),
    ])
  func tiedVocabulary(
    model: String, inBase: [String], inAdapter: [String], saved: [String]
  ) throws {
    let place = try TemporaryFolder()
    try place.makeFolder("model")
    _ = try place.copy("\(Self.checkpoint(model))/config.json", to: "model/config.json")
    var stored = try tensors("\(Self.checkpoint(model))/model.safetensors")
    let table = try #require((inBase + inAdapter).compactMap { stored[$0] }.first)
    for name in inAdapter + inBase where name.hasSuffix("weight") { stored[name] = nil }
    for name in inBase { stored[name] = table }
    try SafetensorsWriter.write(stored, to: place.path("model/model.safetensors"))

    let tuner = LoraConfig(
      r: 2, targetModules: [model == "gpt2" ? "c_attn" : "query"], modulesToSave: saved,
      initLoraWeights: .random)
    let file = place.path("adapter/adapter_model.safetensors")
    let base = try resized(
      model, setting: [("vocabulary", "70")], tuner, to: place.path("adapter"))
    var trained = try tensors(file)
    for name in inAdapter {
      let id = try #require(base.graph.parameter(calledByModule: name))
      trained["base_model.model.\(name)"] = base.tensor(of: id)
    }
    try SafetensorsWriter.write(trained, metadata: ["format": "pt"], to: file)

    let inputs = ["input_ids": Tensor([69, 5, 62], shape: [1, 3])]
    let result = try PeftProcess(
      arguments: [
        "merge", place.path("model"), "--set", "vocabulary=70", "--adapter", place.path("adapter"),
        "--output", place.path("merged"),
      ])
    #expect(result.status == 0, "\(result.errors)")
    let folder = try AdapterFolder(place.path("adapter"))
    let description = try ModelDescription(
      place.path("model"), setting: [("vocabulary", "70")])
    let expected = try folder.applied(to: Model(description, for: [folder]))(inputs)
    #expect(OutputDifference(try Model(place.path("merged"))(inputs), expected).relative < 1e-5)
  }

  @Test("--set reaches the merged config.json: other numbers of labels", arguments: [1, 7])
  func labels(count: Int) throws {
    let place = try TemporaryFolder()
    let tuner = LoraConfig(
      r: 2, targetModules: ["query"], modulesToSave: ["classifier"], initLoraWeights: .random)
    _ = try resized(
      "bert-classifier", setting: [("labels", "\(count)")], tuner, to: place.path("adapter"))
    let model = Self.checkpoint("bert-classifier")
    let unset = try PeftProcess(
      arguments: [
        "merge", model, "--adapter", place.path("adapter"), "--output", place.path("merged"),
      ])
    #expect(unset.errors.contains("the adapter's sizes, --set labels=\(count), or the adapter"))
    let result = try PeftProcess(
      arguments: [
        "merge", model, "--set", "labels=\(count)", "--adapter", place.path("adapter"), "--output",
        place.path("merged"),
      ])
    #expect(result.status == 0, "\(result.errors)")
    let config = try JSONSerialization.jsonObject(with: place.bytes("merged/config.json"))
    let fields = try #require(config as? [String: Any])
    #expect((fields["id2label"] as? [String: String])?.count == count)
    #expect((fields["label2id"] as? [String: Int])?.count == count)
    #expect(try Model(place.path("merged"))(Self.ids)["logits"]?.shape == [1, count])
  }

  @Test("Answers that are inf or NaN with the adapter as well are no difference")
  func notFinite() throws {
    let place = try TemporaryFolder()
    var tensors = try tensors("\(Self.adapter("gpt2-lora"))/adapter_model.safetensors")
    for (name, tensor) in tensors where name.hasSuffix("lora_B.weight") {
      tensors[name] = Tensor(tensor.floats().map { $0 * 1e30 }, shape: tensor.shape)
    }
    try place.makeFolder("adapter")
    _ = try place.copy(
      "\(Self.adapter("gpt2-lora"))/adapter_config.json", to: "adapter/adapter_config.json")
    try SafetensorsWriter.write(tensors, to: place.path("adapter/adapter_model.safetensors"))
    let result = try PeftProcess(
      arguments: [
        "merge", Self.checkpoint("gpt2"), "--adapter", place.path("adapter"), "--output",
        place.path("merged"),
      ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.contains(
        "outputs on random inputs are inf or NaN, with the adapter as in the merged model"))
    #expect(!result.errors.contains("it differs from the adapted model"))
  }
}
