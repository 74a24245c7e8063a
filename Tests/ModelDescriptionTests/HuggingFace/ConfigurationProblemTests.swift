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
          fix: did you mean 'n_head'?
        """)
    #expect(
      try refusal(of: "{\"model_type\": \"bert\", \"quantization_config\": {\"bits\": 4}}") == """
        config.json:1:24: 'quantization_config' (a mapping) is not understood for model_type \
        'bert', and it may change the result
            1 | {"model_type": "bert", "quantization_config": {"bits": 4}}
              |                        ^~~~~~~~~~~~~~~~~~~~~
          fix: remove the field if it does not matter, or describe the model in YAML
        """)
    #expect(
      try refusal(of: "{\"model_type\": \"clip\", \"text_config\": {\"hidden_sise\": 1}}") == """
        config.json:1:40: 'text_config.hidden_sise' (1) is not understood for model_type \
        'clip', and it may change the result
            1 | {"model_type": "clip", "text_config": {"hidden_sise": 1}}
              |                                        ^~~~~~~~~~~~~
          fix: did you mean 'text_config.hidden_size'?
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
        "\"model_type\": \"phi3\", \"rope_scaling\": {\"type\": \"longrope\", \"long_factor\": [1.0]}",
        "rope_scaling.type = longrope is not supported", "supported: default"
      ),
      (
        "\"model_type\": \"llama\", \"rope_scaling\": {\"rope_type\": \"yarn\", \"beta_fast\": 32}",
        "rope_scaling.rope_type = yarn is not supported", "supported: default, linear, llama3"
      ),
      (
        "\"model_type\": \"gpt2\", \"scale_attn_weights\": false",
        "scale_attn_weights = false is not supported", "supported: true"
      ),
      (
        "\"model_type\": \"bert\", \"position_embedding_type\": \"relative_key\"",
        "position_embedding_type = relative_key is not supported", "supported: absolute"
      ),
      (
        "\"model_type\": \"dinov2\", \"drop_path_rate\": 0.1",
        "drop_path_rate = 0.1 is not supported", "supported: 0"
      ),
      (
        "\"model_type\": \"qwen2\", \"layer_types\": [\"sliding_attention\", \"full_attention\"]",
        "layer_types = full_attention is not supported",
        "supported: full_attention, then sliding_attention"
      ),
      (
        "\"model_type\": \"opt\", \"activation_function\": \"mish\"",
        "activation_function = mish is not supported",
        "supported: gelu, gelu_accurate, gelu_fast, gelu_new, gelu_python, gelu_python_tanh, "
          + "gelu_pytorch_tanh, quick_gelu, relu, sigmoid, silu, swish, tanh"
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
        "scale_attn_weights": false, "n_heads": 12}
        """)
    #expect(
      text.split(separator: "\n").filter { $0.hasPrefix("config.json:") }.map(String.init) == [
        "config.json:1:42: 'GPT3' is not a known class of model_type 'gpt2'",
        "config.json:2:23: scale_attn_weights = false is not supported",
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
          fix: the known ones are BertModel, BertForSequenceClassification, BertForMaskedLM
        """)
  }

  @Test("A folder without a config.json, and a model that is not there")
  func notFound() throws {
    let folder = try TemporaryFolder()
    #expect(
      message { _ = try ModelDescription(folder.path) } == """
        the folder '\(folder.path)' has no config.json
          fix: give a folder with a Hugging Face checkpoint, or a description's path
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
      try refusal(of: "{\"model_type\": \"vit\", \"image_size\": [224, 224]}") == """
        config.json:1:37: expected a number, text, true or false, found a list
            1 | {"model_type": "vit", "image_size": [224, 224]}
              |                                     ^~~~~~~~~~
          fix: write a number, text, true or false
        """)
    #expect(
      try refusal(of: "{\"model_type\": \"gpt2\", \"n_head\": 25}").contains(
        "^~~~~~ heads = 25 (set at config.json:1:34)"))
  }
}
