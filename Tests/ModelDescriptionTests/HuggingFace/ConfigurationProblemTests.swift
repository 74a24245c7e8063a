import PeftTestSupport
import Testing

@testable import ModelDescription
@testable import PeftBasics

@Suite("Problems of configurations") struct ConfigurationProblemTests {
  /// What loading a folder with this config.json prints, with "config.json" for its path.
  private func refusal(of configuration: String) throws -> String {
    let folder = try TemporaryFolder()
    try folder.file("config.json", configuration)
    return folder.message { _ = try ModelDescription(folder.path).graph() } ?? "nothing"
  }

  @Test("Padding that is no token is told with the field that says so")
  func padding() throws {
    let text = try refusal(
      of: "{\"model_type\": \"llama\", \"vocab_size\": 9, \"pad_token_id\": 9}")
    #expect(text.contains("embedding: there is no row 9 among 9"))
    #expect(text.contains("padding = 9 (set at config.json:1:58)"))
    #expect(text.hasSuffix("fix: choose from 0 to 8"))
  }

  @Test("A field that nobody knows is named, with the nearest one")
  func unknownField() throws {
    #expect(
      try refusal(of: "{\"model_type\": \"gpt2\", \"n_heads\": 12}") == """
        config.json:1:24: 'n_heads' (12) is not understood for model_type 'gpt2', and it may \
        change the result
            1 | {"model_type": "gpt2", "n_heads": 12}
              |                        ^~~~~~~~~
          fix: did you mean 'n_head'? --allow-unknown-fields ignores it, where it does not matter
        """)
    #expect(
      try refusal(of: "{\"model_type\": \"bert\", \"quantization_config\": {\"bits\": 4}}") == """
        config.json:1:24: 'quantization_config' (a mapping) is not understood for model_type \
        'bert', and it may change the result
            1 | {"model_type": "bert", "quantization_config": {"bits": 4}}
              |                        ^~~~~~~~~~~~~~~~~~~~~
          fix: the weights are quantised, which is not read: use the model in F32, F16 or BF16
        """)
    #expect(
      try refusal(of: "{\"model_type\": \"clip\", \"text_config\": {\"hidden_sise\": 1}}") == """
        config.json:1:40: 'text_config.hidden_sise' (1) is not understood for model_type \
        'clip', and it may change the result
            1 | {"model_type": "clip", "text_config": {"hidden_sise": 1}}
              |                                        ^~~~~~~~~~~~~
          fix: did you mean 'text_config.hidden_size'? --allow-unknown-fields ignores it, where it \
        does not matter
        """)
  }

  @Test("Fields that say nothing, and those without effect, are passed over")
  func neutralFields() throws {
    let fields = """
      {"model_type": "gpt2", "made_up": null, "pruned_heads": {}, "things": [], "is_it": false,
      "eos_token_id": [1, 2], "torch_dtype": "float16", "task_specific_params": {"a": {"b": 1}}}
      """
    #expect(try refusal(of: fields) == "nothing")
  }

  @Test(
    "A value that cannot be honoured is an error that says what can be",
    arguments: [
      (
        "\"model_type\": \"phi3\", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}",
        "rope_scaling.type = linear is not supported", "supported: default, longrope, su, yarn"
      ),
      (
        "\"model_type\": \"llama\", \"rope_scaling\": {\"long_factor\": [1, \"2\"]}",
        "rope_scaling.long_factor = 2 is not supported", "supported: numbers"
      ),
      (
        "\"model_type\": \"vit\", \"image_size\": [224, 192]",
        "image_size = a list is not supported", "supported: a whole number, a list of equal ones"
      ),
      (
        "\"model_type\": \"gpt2\", \"add_cross_attention\": true",
        "add_cross_attention = true is not supported", "supported: false"
      ),
      (
        "\"model_type\": \"bert\", \"position_embedding_type\": \"relative_key\"",
        "position_embedding_type = relative_key is not supported", "supported: absolute"
      ),
      (
        "\"model_type\": \"qwen2\", \"layer_types\": [\"chunked_attention\", \"full_attention\"]",
        "layer_types = chunked_attention is not supported",
        "supported: full_attention, sliding_attention"
      ),
      (
        "\"model_type\": \"opt\", \"activation_function\": \"prelu\"",
        "activation_function = prelu is not supported",
        "supported: gelu, gelu_10, gelu_accurate, gelu_fast, gelu_new, gelu_python, gelu_python_tanh, gelu_pytorch_tanh, hardswish, "
          + "laplace, leaky_relu, linear, mish, quick_gelu, relu, relu2, relu6, sigmoid, silu, swish, tanh"
      ),
    ])
  func unsupportedValue(fields: String, message: String, fix: String) throws {
    let lines = try refusal(of: "{\(fields)}").split(separator: "\n").map(String.init)
    #expect(lines.count == 4)
    #expect(lines.first?.hasSuffix(": \(message)") == true)
    #expect(lines.last == "  fix: \(fix)")
  }

  @Test("Several problems are reported at once")
  func several() throws {
    let text = try refusal(
      of: """
        {"model_type": "gpt2", "architectures": ["GPT3"],
        "add_cross_attention": true, "n_heads": 12}
        """)
    #expect(
      text.split(separator: "\n").filter { $0.hasPrefix("config.json:") }.map(String.init) == [
        "config.json:1:42: 'GPT3' is not a known class of model_type 'gpt2'",
        "config.json:2:24: add_cross_attention = true is not supported",
        "config.json:2:30: 'n_heads' (12) is not understood for model_type 'gpt2', and it "
          + "may change the result",
      ])
  }

  @Test("A family or a class that is not known is answered with those that are")
  func unknownFamily() throws {
    #expect(
      try refusal(of: "{\"model_type\": \"lama\"}") == """
        config.json:1:16: model_type 'lama' is not known
            1 | {"model_type": "lama"}
              |                ^~~~~~
          fix: did you mean 'llama'?
        """)
    #expect(
      try refusal(of: "{\"model_type\": \"../gpt2\"}").contains("model_type '../gpt2' is not known")
    )
    #expect(
      try refusal(of: "{\"model_type\": \"deformable_detr\"}").contains(
        "fix: to count alone, give its safetensors file to 'peft compare'; the known ones are albert, bert, "
      ))
    #expect(
      try refusal(of: "{\"model_type\": \"gpt2-xl\"}").contains("model_type 'gpt2-xl' is not known")
    )
    #expect(
      try refusal(of: "{\"n_embd\": 768}") == """
        config.json:1:1: the configuration has no model_type
            1 | {"n_embd": 768}
              | ^~~~~~~~~~~~~~~
          fix: check that this is a model's config.json
        """)
    let model = "{\"model_type\": \"bert\", \"architectures\": [\"BertForMultipleChoice\"]}"
    #expect(
      try refusal(of: model) == """
        config.json:1:42: 'BertForMultipleChoice' is not a known class of model_type 'bert'
            1 | {"model_type": "bert", "architectures": ["BertForMultipleChoice"]}
              |                                          ^~~~~~~~~~~~~~~~~~~~~~~
          fix: the known ones are BertModel, BertForSequenceClassification, BertForMaskedLM, BertForTokenClassification, BertForQuestionAnswering
        """)
  }

  @Test("A folder without a config.json, and a model that is not there")
  func notFound() throws {
    let folder = try TemporaryFolder()
    #expect(
      message { _ = try ModelDescription(folder.path) } == """
        the folder '\(folder.path)' has no config.json
          fix: give a folder with a Hugging Face checkpoint, or a description's path; to count alone, \
        'peft compare' takes a safetensors file
        """)
    #expect(
      message { _ = try ModelDescription("gtp2") } == """
        there is no model 'gtp2'
          fix: did you mean 'gpt2'?
        """)
    #expect(
      message { _ = try ModelDescription("\(folder.path)/none.yaml") } == """
        \(folder.path)/none.yaml: there is no such file
          fix: check the path
        """)
  }

  @Test("Values of the wrong kind are reported where they are used, and from where they come")
  func wrongKind() throws {
    #expect(
      try refusal(of: "{\"model_type\": \"gpt2\", \"n_layer\": \"many\"}").contains(
        "layers = many (set at config.json:1:35)"))
    #expect(
      try refusal(of: "{\"model_type\": \"gpt2\", \"n_embd\": [224, 224]}") == """
        config.json:1:34: expected a number, text, true or false, found a list
            1 | {"model_type": "gpt2", "n_embd": [224, 224]}
              |                                  ^~~~~~~~~~
          fix: write a number, text, true or false
        """)
    #expect(
      try refusal(of: "{\"model_type\": \"gpt2\", \"n_head\": 25}").contains(
        "^~~~~~ heads = 25 (set at config.json:1:34)"))
  }

  @Test(
    "A file that is not JSON is reported as such, at its line",
    arguments: [
      ("{\"model_type\": \"gpt2\",\n \"n_head\": 4,\n}", "3:1", "'}' where '\"' is expected"),
      ("{\"model_type\": \"gpt2\"\n \"n_head\": 4}", "2:2", "'\"' where ',' or '}' is expected"),
      ("model_type: gpt2\n", "1:1", "'m' where a value is expected"),
      ("{'model_type': 'gpt2'}", "1:2", "''' where '\"' is expected"),
      ("{\"model_type\": \"gpt2\"} # é\n", "1:24", "more after the end"),
      ("{\"name\": \"é\",\n\"a\": True}", "2:6", "'T' where a value is expected"),
    ])
  func notJSON(text: String, place: String, problem: String) throws {
    let first = try refusal(of: text).split(separator: "\n").first ?? ""
    #expect(first == "config.json:\(place): this is not JSON: \(problem)")
  }

  @Test("A pointer of Git LFS is told apart")
  func pointer() throws {
    let text = try refusal(
      of: "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
    #expect(text.hasSuffix("fix: fetch the files themselves: run 'git lfs pull' in the folder"))
  }

  @Test("Python's names for numbers that JSON does not have are read")
  func pythonNumbers() throws {
    let text = "{\"model_type\": \"gpt2\", \"initializer_range\": NaN, \"top_p\": -Infinity}"
    #expect(try refusal(of: text) == "nothing")
  }

  private func warnings(
    _ fields: String, families: ModelFamilies = .standard
  ) throws -> [String] {
    try ModelDescription(configuration: "{\(fields)}", families: families).warnings
      .map(\.description)
  }

  @Test("What is ignored for a reason the user should know is a warning, in the file's order")
  func warned() throws {
    let fields = """
      "model_type": "opt", "made_up": false, "layerdrop": 0.1,
      "ffn_dim": 4, "ffn_dim": 8
      """
    #expect(
      try warnings(fields) == [
        "config.json:1:23: 'made_up' (false) is not known for model_type 'opt', and is ignored",
        "config.json:1:54: layerdrop = 0.1 changes nothing: no layer is left out in training here",
        "config.json:2:15: \"ffn_dim\" is there twice, and the last one counts",
      ])
    let twice = try ModelDescription(configuration: "{\(fields)}")
    #expect(twice.dimensions["inner"] == .integer(8))
  }

  @Test("The user can let a field go that nobody knows, and is told of it")
  func allowed() throws {
    let fields = "\"model_type\": \"opt\", \"rotary_kind\": \"new\", \"sizes\": {\"a\": [1]}"
    #expect(throws: DescriptionErrors.self) { try warnings(fields) }
    let told = "is not known for model_type 'opt', and is ignored, as asked"
    #expect(
      try warnings(fields, families: .standard.allowingUnknownFields()) == [
        "config.json:1:23: 'rotary_kind' (new) \(told)",
        "config.json:1:45: 'sizes' (a mapping) \(told)",
      ])
  }

  @Test("Every harmless field has its reason, once")
  func harmless() {
    let names = HarmlessFields.groups.flatMap(\.names)
    #expect(Set(names).count == names.count)
    #expect(HarmlessFields.groups.allSatisfy { !$0.reason.isEmpty })
    for name in ["_name_or_path", "unsloth_fixed", "auto_map", "custom_pipelines", "pooler_type"] {
      #expect(HarmlessFields.contains(name))
    }
    // Read by transformers itself, whatever the family: never to be passed over.
    for name in ["is_causal", "layer_types", "sliding_window", "per_layer_config", "rope_theta"] {
      #expect(!HarmlessFields.contains(name))
    }
  }

  @Test(
    "Classes in other spellings, and of other frameworks, are the same",
    arguments: [
      ("llama", "LLaMAForCausalLM", true), ("gpt2", "TFGPT2LMHeadModel", true),
      ("bert", "FlaxBertForMaskedLM", true), ("gpt2", "GPT2LMHeadModel", false),
    ])
  func spellings(type: String, name: String, warns: Bool) throws {
    let found = try warnings("\"model_type\": \"\(type)\", \"architectures\": [\"\(name)\"]")
    #expect(found.count == (warns ? 1 : 0))
    #expect(found.allSatisfy { $0.contains("'\(name)' is read as ") })
  }
}
