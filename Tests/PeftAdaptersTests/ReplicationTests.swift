import Peft
import PeftTestSupport
import Testing

@Suite("Running replicated layers") struct ReplicationTests {
  /// A bundled model made small.
  private static func description(
    _ name: String, layers: Int, _ settings: [(String, String)] = []
  ) throws -> ModelDescription {
    let sizes = [("vocabulary", "19"), ("width", "24"), ("inner", "20"), ("heads", "4")]
    return try ModelDescription(
      name, setting: sizes + settings + [("layers", "\(layers)")])
  }

  /// Numbers that depend on nothing but a name.
  private static func numbers(_ parameter: Parameter) -> Tensor {
    var random = RandomNumbers(seed: parameter.name.utf8.reduce(7) { $0 &* 31 &+ Int($1) })
    return Tensor(
      (0..<parameter.count).map { _ in Float(random.real() / 2) }, shape: parameter.shape)
  }

  /// The name of a layer's parameter with another number for the layer.
  private static func renumbered(_ name: String, in list: String, by numbers: [Int]) -> String {
    guard name.hasPrefix("\(list).") else { return name }
    let parts = name.dropFirst(list.count + 1).split(separator: ".", maxSplits: 1)
    guard let number = Int(parts[0]) else { return name }
    return "\(list).\(numbers[number]).\(parts[1])"
  }

  private static let ids = ["input_ids": Tensor([3, 1, 4, 1, 5, 9, 2, 6, 5, 3], shape: [2, 5])]
  private static let settings: [(model: String, settings: [(String, String)])] = [
    ("llama", [("key_value_heads", "2")]),
    ("gemma", [("key_value_heads", "1"), ("head_size", "8")]),
    ("qwen3", [("key_value_heads", "2"), ("head_size", "6")]),
    ("phi3", []), ("bert", [("positions", "8")]),
    ("bert", [("prefix", "bert"), ("head", "masked_lm"), ("positions", "8")]),
    ("bert-base-classifier", [("positions", "8")]), ("roberta", [("positions", "9")]),
  ]

  @Test(
    "A model of more layers with the same numbers answers the same", arguments: settings.indices,
    [[0..<4, 2..<4], [3..<4, 0..<2], [0..<4], [1..<2, 1..<2, 1..<2]])
  func sameAnswer(index: Int, ranges: [Range<Int>]) throws {
    let (name, settings) = Self.settings[index]
    let base = try Self.description(name, layers: 4, settings).graph()
    let numbers = ranges.flatMap { Array($0) }
    let longer = try Self.description(name, layers: numbers.count, settings).graph()
    let replicated = try base.replicatingLayers(ranges)
    try replicated.validate()
    #expect(replicated.modules.modules == longer.modules.modules)
    let list = try #require(base.modules.layerList)

    var tensors: [String: Tensor] = [:]
    for parameter in base.parameters { tensors[parameter.name] = Self.numbers(parameter) }
    func model(_ graph: Graph, _ source: (String) -> String) -> Model {
      var parameters: [Parameter.ID: Tensor] = [:]
      for parameter in graph.parameters {
        if let id = graph.parameter(named: parameter.name) {
          parameters[id] = tensors[source(parameter.name)]
        }
      }
      return Model(graph, parameters: parameters)
    }
    let expected = try model(longer) { Self.renumbered($0, in: list, by: numbers) }(Self.ids)
    let found = try model(replicated) { $0 }(Self.ids)
    #expect(found.mapValues { $0.floats() } == expected.mapValues { $0.floats() })
    let isIdentity = numbers == [0, 1, 2, 3]
    let plain = try model(base) { $0 }(Self.ids)
    #expect((found.mapValues { $0.floats() } == plain.mapValues { $0.floats() }) == isIdentity)
  }

  @Test("A fresh adapter answers as the replicated model does, and trains each layer by itself")
  func freshAdapter() throws {
    let base = try Self.description("llama", layers: 3).graph()
    var parameters: [Parameter.ID: Tensor] = [:]
    for parameter in base.parameters {
      if let id = base.parameter(named: parameter.name) {
        parameters[id] = Self.numbers(parameter)
      }
    }
    let ranges = [0..<2, 0..<2]
    let adapter = try Adapter(
      LoraConfig(r: 2, targetModules: ["q_proj"], layerReplication: ranges), for: base)
    let adapted = try Model(base, parameters: parameters).adapted(by: adapter)
    let replicated = try Model(base.replicatingLayers(ranges), parameters: parameters)
    let expected = try replicated(Self.ids).mapValues { $0.floats() }
    #expect(try adapted(Self.ids).mapValues { $0.floats() } == expected)

    // PEFT drops the third layer from the model, and counts it no longer.
    let model = try AdapterPlan(
      base, tuner: LoraConfig(r: 2, targetModules: ["q_proj"], layerReplication: ranges))
    #expect(model.trainableParameters == 4 * 2 * (24 + 24))
    #expect(try model.graph().entryCount == model.budget.allParameters)
    #expect(model.budget.baseParameters < base.entryCount)
  }

  @Test("A base model's checkpoint has the names that a replicated graph's parameters have")
  func checkpoint() throws {
    let folder = try TemporaryFolder()
    let base = try Self.description("llama", layers: 3).graph()
    var tensors: [String: Tensor] = [:]
    for parameter in base.parameters { tensors[parameter.name] = Self.numbers(parameter) }
    let path = "\(folder.path)/model.safetensors"
    try SafetensorsWriter.write(tensors, to: path)
    let graph = try base.replicatingLayers([2..<3, 0..<2, 0..<1])
    let found = try Checkpoint(path: path).tensors(for: graph)
    #expect(found.unexpected == [])
    for parameter in graph.parameters {
      let id = try #require(graph.parameter(named: parameter.name))
      #expect(found.tensors[id]?.floats() == tensors[parameter.name]?.floats())
    }
  }

  @Test(
    "Layers that differ, or are not where PEFT looks, are refused",
    arguments: [
      ("gpt2", [], "gpt2: the model has no list of layers that could be replicated"),
      ("t5", [], "t5: the model has no list of layers that could be replicated"),
      (
        "qwen2", [("window", "2"), ("window_start", "1")],
        "qwen2: model.layers.1 and model.layers.0 are not alike"
      ),
    ] as [(String, [(String, String)], String)])
  func refused(name: String, settings: [(String, String)], problem: String) throws {
    let graph = try ModelDescription(name, setting: settings + [("layers", "2")]).graph()
    let found = message { _ = try graph.replicatingLayers([0..<2]) }
    #expect(found?.split(separator: "\n").first.map(String.init) == problem)
  }

  @Test("A tuner without the field refuses it, and adapts a graph that was replicated before")
  func otherTuner() throws {
    let base = try Self.description("llama", layers: 2).graph()
    var config = RandLoraConfig(r: 2, targetModules: ["q_proj"], randloraAlpha: 40)
    config.options.layerReplication = [0..<2, 0..<2]
    #expect(
      message { _ = try AdapterPlan(base, tuner: config) } == """
        RANDLORA has no layer_replication
          fix: call replicatingLayers(_:) of the graph, and adapt what it returns
        """)
    config.options.layerReplication = nil
    let model = try AdapterPlan(base.replicatingLayers([0..<2, 0..<2]), tuner: config)
    #expect(model.adapter.updates.count == 4)
    #expect(model.warnings == [])
    try model.graph().validate()
  }
}
