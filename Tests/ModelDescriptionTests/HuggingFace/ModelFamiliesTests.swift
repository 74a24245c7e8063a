import ModelGraph
import PeftTestSupport
import Testing

@testable import ModelDescription

@Suite("Families of one's own") struct ModelFamiliesTests {
  /// A family that does not come with the library.
  private static let tower = """
    name: tower
    model_type: tower
    dimensions: {inputs: 5, width: 8, layers: 3, activation: relu, labels: 2, has_head: false}
    architectures:
      TowerModel: {has_head: false}
      TowerForSequenceClassification: {has_head: true}
    config:
      hidden_size: width
      num_hidden_layers: layers
      hidden_act: {to: activation, as: activation}
      id2label: {to: labels, as: count}
      dropout: {only: [0]}
    inputs: {x: {type: numbers, shape: [batch, $inputs]}}
    graph:
      - repeat:
          name: layers
          count: $layers
          from: x
          graph:
            - linear: {name: fc, out: $width}
            - activation: {function: $activation}
      - linear: {name: head, out: $labels, when: $has_head}
    outputs: {logits: previous}
    checkpoint: {head.*: classifier.*}
    """

  private static let configuration = """
    {"model_type": "tower", "architectures": ["TowerForSequenceClassification"], "hidden_size": 16,
    "num_hidden_layers": 2, "hidden_act": "gelu_new", "id2label": {"0": "a", "1": "b", "2": "c"},
    "initializer_range": 0.05}
    """

  @Test("A folder of its type is read with it, whether it is given as a file or as a text")
  func folder() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("tower.yaml", Self.tower)
    try folder.file("checkpoint/config.json", Self.configuration)
    for families in [
      try ModelFamilies.standard.adding(path: path),
      try ModelFamilies.standard.adding(text: Self.tower),
    ] {
      let description = try ModelDescription("\(folder.path)/checkpoint", families: families)
      #expect(description.name == "checkpoint")
      #expect(description.modelType == "tower")
      #expect(description.checkpointFolder == "\(folder.path)/checkpoint")
      #expect(description.trainingDefaults.initializerRange == 0.05)
      #expect(
        description.checkpointNames.names(ofParameter: "head.bias")
          == ["head.bias", "classifier.bias"])
      let graph = try description.graph()
      #expect(
        graph.namedShapes.map(\.description) == [
          "layers.0.fc.weight [16, 5]", "layers.0.fc.bias [16]", "layers.1.fc.weight [16, 16]",
          "layers.1.fc.bias [16]", "head.weight [3, 16]", "head.bias [3]",
        ])
      let functions = graph.nodes.compactMap { ($0.operation as? Activation)?.function }
      #expect(functions == [.geluTanh, .geluTanh])
    }
  }

  @Test("A text of a configuration, too, and settings on top")
  func configuration() throws {
    let families = try ModelFamilies.standard.adding(text: Self.tower)
    let description = try ModelDescription(
      configuration: #"{"model_type": "tower", "hidden_size": 4}"#, families: families)
    #expect(try description.graph().entryCount == 5 * 4 + 4 + 2 * (4 * 4 + 4))
  }

  @Test("Families that are not passed along are not known, those that are may be misspelled")
  func unknown() throws {
    func refusal(_ type: String, _ families: ModelFamilies) -> String? {
      message {
        _ = try ModelDescription(
          configuration: "{\"model_type\": \"\(type)\"}", families: families)
      }
    }
    let families = try ModelFamilies.standard.adding(text: Self.tower)
    #expect(
      refusal("tower", .standard)?.hasPrefix(
        "config.json:1:16: model_type 'tower' is not known") == true
    )
    #expect(refusal("towre", families)?.hasSuffix("fix: did you mean 'tower'?") == true)
    #expect(families.modelTypes == (ModelFamilies.standard.modelTypes + ["tower"]).sorted())
    #expect(ModelFamilies.standard.modelTypes == BundledModels.families)
    #expect(
      try ModelDescription(configuration: #"{"model_type": "gpt2"}"#, families: families)
        .graph().entryCount == 124_439_808)
  }

  @Test("What the family does not understand is refused by name")
  func fields() throws {
    let families = try ModelFamilies.standard.adding(text: Self.tower)
    func refusal(_ field: String) -> String? {
      message {
        _ = try ModelDescription(
          configuration: "{\"model_type\": \"tower\", \(field)}", families: families)
      }
    }
    #expect(
      refusal("\"hidden_sise\": 4")?.contains(
        "'hidden_sise' (4) is not understood for model_type 'tower'") == true)
    #expect(
      refusal("\"dropout\": 0.1")?.contains("dropout = 0.1 is not supported") == true)
    #expect(
      refusal("\"architectures\": [\"TowerForMaskedLM\"]")?.contains(
        "'TowerForMaskedLM' is not a known class of model_type 'tower'") == true)
  }

  @Test("It may extend a bundled family, and take that one's place")
  func extending() throws {
    let own = try ModelFamilies.standard.adding(
      text: """
        extends: llama.yaml
        name: lama
        model_type: lama
        config: {embedding_size: width}
        """)
    let text = { (type: String, width: String) in
      "{\"model_type\": \"\(type)\", \"\(width)\": 64, \"num_hidden_layers\": 1}"
    }
    let expected = try ModelDescription(configuration: text("llama", "hidden_size")).graph()
    let found = try ModelDescription(
      configuration: text("lama", "embedding_size"), families: own
    ).graph()
    #expect(found.namedShapes == expected.namedShapes)
    let instead = try ModelFamilies.standard.adding(
      text: "{extends: llama.yaml, name: llama, config: {embedding_size: width}}")
    #expect(instead.modelTypes == ModelFamilies.standard.modelTypes)
    let other = try ModelDescription(
      configuration: text("llama", "embedding_size"), families: instead
    ).graph()
    #expect(other.namedShapes == expected.namedShapes)
  }

  @Test(
    "What is no family is refused",
    arguments: [
      (
        "name: m\nmodel_type: m\ninputs: {}",
        "f.yaml:1:1: the description has no 'config'"
      ),
      ("name: m\nconfig: {a: width}", "f.yaml:1:1: the description has no 'model_type'"),
      (
        "name: m\nmodel_type: [m]\nconfig: {}", "f.yaml:2:13: model_type is text, not a list"
      ),
      (
        "name: m\nmodel_type: m\ndimensions: {width: 2}\nconfig: {a: widht}",
        "f.yaml:4:13: there is no dimension 'widht' that could be set"
      ),
      (
        "name: m\nmodel_type: m\ndimensions: {width: 2}\nconfig: {a: {as: width}}",
        "f.yaml:4:13: the mapping of 'a' is not understood"
      ),
      (
        "name: m\nmodel_type: m\ndimensions: {width: 2}\nconfig: {a: width}\n"
          + "architectures: {M: {head: true}}",
        "f.yaml:5:21: there is no dimension 'head' that could be set"
      ),
    ])
  func refused(text: String, message: String) {
    let found = PeftTestSupport.message {
      _ = try ModelFamilies.standard.adding(text: text, path: "f.yaml")
    }
    #expect(found?.split(separator: "\n").first.map(String.init) == message)
  }

  @Test("Two families of one type are one too many")
  func twice() throws {
    let families = try ModelFamilies.standard.adding(text: Self.tower)
    #expect(
      message { _ = try families.adding(text: Self.tower) } == """
        family.yaml:2:13: there is another family of model_type 'tower'
            2 | model_type: tower
              |             ^~~~~
          fix: give only one of them
        """)
  }
}
