import ModelGraph
import PeftTestSupport
import Testing

@testable import ModelDescription

@Suite("Configurations of Hugging Face") struct ConfigurationTests {
  @Test(
    "The file transformers writes gives the bundled model",
    arguments: try Fixture.names(in: "configs").exactly(68, "configurations"))
  func written(name: String) throws {
    let folder = try TemporaryFolder()
    try folder.file("\(name)/config.json", Fixture.bytes("configs/\(name).json"))
    let description = try ModelDescription("\(folder.path)/\(name)")
    let expected = try ModelDescription(name)
    #expect(description.name == name)
    #expect(description.modelType == expected.modelType)
    #expect(try description.graph().listing == expected.graph().listing)
  }

  @Test(
    "Files in older spellings give what transformers builds from them",
    arguments: try Fixture.rows("hub.json", at: "models", as: ModelFixture.self, exactly: 34))
  func older(expected: ModelFixture) throws {
    let graph = try graph(
      String(decoding: Fixture.bytes("hub/\(expected.model).json"), as: UTF8.self))
    try graph.validate()
    #expect(graph.entryCount == expected.parameters)
    #expect(graph.modules.modules.count == expected.modules)
    #expect(hash(graph.modules.modules.map(\.path)) == expected.paths)
    #expect(hash(graph.namedShapes.map(\.description)) == expected.shapes)
    #expect(graph.origin.outputEmbedding == expected.outputEmbedding)
    #expect(graph.paddingRows == expected.padding)
  }

  @Test(
    "Older and newer spellings of one model give the same graph",
    arguments: [
      "gpt2", "llama-2-7b", "llama-3.2-1b", "qwen2-7b", "mistral-7b", "phi-3-mini", "gemma-2b",
      "opt-125m", "pythia-410m", "t5-small",
      "clip-vit-b32", "dinov2-b14", "distilbert-classifier",
    ])
  func sameAsBundled(name: String) throws {
    let other = [
      "clip-vit-b32": "clip-vit-base-patch32", "dinov2-b14": "dinov2-base",
      "distilbert-classifier": "distilbert-sst-2",
    ]
    let graph = try graph(
      String(decoding: Fixture.bytes("hub/\(other[name] ?? name).json"), as: UTF8.self))
    #expect(try graph.listing == ModelDescription(name).graph().listing)
  }

  private func graph(_ configuration: String) throws -> Graph {
    try ModelDescription(configuration: configuration).graph()
  }

  private func attentions(_ configuration: String) throws -> [Attention] {
    try graph(configuration).nodes.compactMap { $0.operation as? Attention }
  }

  private func rotary(_ configuration: String) throws -> Rotary? {
    try graph(configuration).nodes.lazy.compactMap { $0.operation as? Rotary }.first
  }

  @Test("Sliding windows follow null, switches and lists of layers")
  func windows() throws {
    func windows(_ fields: String) throws -> [Int?] {
      try attentions("{\(fields), \"num_hidden_layers\": 3}").map(\.window)
    }
    let mistral = "\"model_type\": \"mistral\""
    #expect(try windows(mistral) == [4096, 4096, 4096])
    #expect(try windows("\(mistral), \"sliding_window\": null") == [nil, nil, nil])
    #expect(try windows("\(mistral), \"sliding_window\": 9") == [9, 9, 9])
    let qwen = "\"model_type\": \"qwen2\", \"sliding_window\": 7"
    #expect(try windows("\(qwen), \"max_window_layers\": 1") == [nil, nil, nil])
    let sliding = "\(qwen), \"use_sliding_window\": true"
    #expect(try windows(sliding) == [nil, nil, nil])
    #expect(try windows("\(sliding), \"max_window_layers\": 1") == [nil, 7, 7])
    // The list of layers counts more, wherever it stands.
    let list = "\"layer_types\": [\"full_attention\", \"full_attention\", \"sliding_attention\"]"
    #expect(try windows("\(list), \(sliding), \"max_window_layers\": 1") == [nil, nil, 7])
    #expect(try windows("\(sliding), \"max_window_layers\": 1, \(list)") == [nil, nil, 7])
  }

  @Test("Rotary embeddings follow older and newer spellings alike")
  func rotary() throws {
    let llama = "\"model_type\": \"llama\", \"num_hidden_layers\": 1, \"head_dim\": 64"
    #expect(
      try rotary("{\(llama), \"rope_theta\": 5e5}")
        == Rotary(headSize: 64, rotarySize: 64, theta: 500_000))
    let linear = Rotary(
      headSize: 64, rotarySize: 64, theta: 10000, scaling: .linear(factor: 2))
    for field in [
      "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}",
      "\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2.0}",
      "\"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 2, \"rope_theta\": 10000}",
    ] { #expect(try rotary("{\(llama), \(field)}") == linear, "\(field)") }
    // Where the first training's length is not given, it is the longest text's.
    let scaling = "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8}"
    #expect(
      try rotary("{\(llama), \(scaling), \"max_position_embeddings\": 99}")?.scaling
        == .llama3(factor: 8, lowFrequency: 1, highFrequency: 4, originalLength: 99))
    let neox = "\"model_type\": \"gpt_neox\", \"num_hidden_layers\": 1"
    #expect(
      try rotary("{\(neox), \"rotary_pct\": 0.5, \"rotary_emb_base\": 99}")
        == Rotary(headSize: 96, rotarySize: 48, theta: 99))
    let partial = "\"rope_parameters\": {\"partial_rotary_factor\": 0.5, \"rope_theta\": 99}"
    #expect(
      try rotary("{\(neox), \(partial)}") == Rotary(headSize: 96, rotarySize: 48, theta: 99))
    #expect(
      try rotary("{\"model_type\": \"phi3\", \"num_hidden_layers\": 1, \(partial)}")
        == Rotary(headSize: 96, rotarySize: 48, theta: 99))
  }

  @Test(
    "The row of padding follows null, its default, and numbers from the end",
    arguments: [
      ("llama", "", nil), ("llama", ", \"pad_token_id\": null", nil),
      ("llama", ", \"pad_token_id\": 7", 7), ("llama", ", \"pad_token_id\": -1", 31999),
      ("bert", "", 0), ("bert", ", \"pad_token_id\": null", nil), ("opt", "", 1),
    ] as [(String, String, Int?)])
  func padding(family: String, field: String, row: Int?) throws {
    let rows = try graph("{\"model_type\": \"\(family)\", \"num_hidden_layers\": 1\(field)}")
      .paddingRows
    #expect(rows.values.first == row)
  }

  @Test("Labels are counted, and fields left out mean what they mean to transformers")
  func defaults() throws {
    func labels(_ fields: String) throws -> [Int]? {
      let graph = try graph(
        """
        {"model_type": "bert", "architectures": ["BertForSequenceClassification"], \(fields)
        "num_hidden_layers": 1}
        """)
      return graph.parameter(named: "classifier.bias").map { graph[$0].shape }
    }
    #expect(try labels("") == [2])
    #expect(try labels("\"num_labels\": 4,") == [4])
    #expect(try labels("\"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"},") == [3])
    #expect(try labels("\"id2label\": null,") == [2])
    // Fields of the family's class, with its defaults.
    #expect(try graph("{\"model_type\": \"llama\"}").entryCount == 6_738_415_616)
    let clip = try graph("{\"model_type\": \"clip\", \"text_config\": null}")
    #expect(clip.entryCount == 151_277_313)
    #expect(try graph("{\"model_type\": \"gpt2\", \"n_inner\": null}").entryCount == 124_439_808)
  }

  @Test("Every mapped dimension is one that its description has", arguments: BundledModels.families)
  func mappedDimensions(family: String) throws {
    let document = try DescriptionDocument(.bundled(name: family))
    let known = try ModelDescription(family).dimensions.names
    let mapped = try ConfigurationMapping(document["config"]).rules.values.compactMap { rule in
      if case .dimension(let name, _, _) = rule { name } else { nil }
    }
    #expect(mapped.contains { $0.hasSuffix("layers") || $0 == "depths" })
    #expect(Set(mapped).subtracting(known) == [])
    for architecture in try #require(document["architectures"]?.entries) {
      let set = try #require(architecture.value.entries).map(\.key)
      #expect(Set(set).subtracting(known) == [], "\(architecture.key)")
    }
  }

  @Test(
    "The deviation of new weights is a field, whatever the family calls it",
    arguments: [
      (#""model_type": "bert", "initializer_range": 0.05"#, 0.05),
      (#""model_type": "opt", "init_std": 1"#, 1),
      (#""model_type": "bert""#, 0.02), (#""model_type": "bert", "initializer_range": null"#, 0.02),
      (#""model_type": "bert", "initializer_range": "wide""#, 0.02),
      (#""model_type": "bert", "initializer_range": -1"#, 0.02),
      (#""model_type": "bert", "initializer_range": 1e999"#, 0.02),
      (#""model_type": "bert", "initializer_range": NaN"#, 0.02),
    ])
  func initializerRange(fields: String, range: Double) throws {
    let description = try ModelDescription(configuration: "{\(fields)}")
    #expect(description.trainingDefaults.initializerRange == range)
  }
}
