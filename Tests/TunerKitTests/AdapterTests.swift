import ModelGraph
import Testing

@testable import TunerKit

@Suite("Adapters") struct AdapterTests {
  /// Two linear layers with biases and a norm between.
  private func base(width: Int = 4, first: Module.Kind = .linear) throws -> Graph {
    var graph = Graph(name: "small")
    var x = graph.addInput("x", type: ValueType([.symbol("batch"), .size(width)]))
    for (path, kind) in [("a.q", first), ("a.v", .linear)] {
      graph.declareModule(path, kind: kind)
      let weight = try graph.addParameter(
        Parameter(name: "\(path).weight", shape: [width, width]))
      let bias = try graph.addParameter(Parameter(name: "\(path).bias", shape: [width]))
      x = try graph.apply(
        Linear(layout: kind == .linear ? .outIn : .inOut), to: [x, weight, bias], in: path)[0]
    }
    graph.declareModule("norm", kind: "LayerNorm")
    _ = try graph.addParameter(Parameter(name: "norm.bias", shape: [width]))
    graph.addOutput("y", x)
    return graph
  }

  private func configuration(
    _ targets: TargetSelection.Targets = ["q", "v"], saving: [String] = [],
    bias: BiasTraining = .none
  ) -> SampleConfig {
    var configuration = SampleConfig()
    configuration.options.targets = TargetSelection(targetModules: targets, modulesToSave: saving)
    configuration.options.bias = bias
    return configuration
  }

  @Test("Biases are trained as the setting says, but not those of saved copies")
  func biases() throws {
    let graph = try base()
    func trained(_ configuration: SampleConfig) throws -> [String] {
      try Adapter(configuration, for: graph).trainedBiases.map { graph[$0].name }
    }
    #expect(try trained(configuration()) == [])
    #expect(try trained(configuration(bias: .all)) == ["a.q.bias", "a.v.bias", "norm.bias"])
    #expect(
      try trained(configuration(saving: ["norm"], bias: .all)) == ["a.q.bias", "a.v.bias"])
    #expect(try trained(configuration(["v"], bias: .only("sample_only"))) == ["a.v.bias"])
  }

  @Test("The configuration is kept with targets and heads as they were found")
  func resolved() throws {
    var asked = configuration(.allLinear)
    asked.options.targets.taskType = .sequenceClassification
    let adapter = try Adapter(asked, for: base())
    let options = adapter.configuration.options
    #expect(options.targets.targetModules == .names(["a.q", "a.v"]))
    #expect(options.targets.modulesToSave == ["classifier", "score"])
    #expect(Array(adapter.requested.keys) == ["target_modules", "task_type"])
    #expect(asked.options.targets.targetModules == .allLinear)
  }

  @Test("A task is written where the adapter stays what it is, and none is given yet")
  func tasks() throws {
    var graph = try base()
    graph.declareModule("classifier", kind: .linear)
    _ = try graph.addParameter(Parameter(name: "classifier.weight", shape: [2, 4]))
    func task(_ asked: SampleConfig, _ task: TaskType) throws -> TaskType? {
      let adapter = try Adapter(asked, for: graph).forTask(task, on: graph)
      let options = adapter.configuration.options
      #expect(options.targets.modulesToSave == asked.options.targets.modulesToSave)
      // A class is said where no task is.
      let mapping = adapter.onClass("Class", in: "module").configuration.options.autoMapping
      #expect((mapping == .null) == (options.targets.taskType != nil))
      return options.targets.taskType
    }
    let saving = configuration(saving: ["classifier"])
    #expect(try task(saving, .sequenceClassification) == .sequenceClassification)
    #expect(try task(saving, .tokenClassification) == .tokenClassification)
    #expect(try task(configuration(), .causalLanguageModel) == .causalLanguageModel)
    #expect(try task(configuration(), .questionAnswering) == .questionAnswering)
    // The task would save the head in full.
    #expect(try task(configuration(), .sequenceClassification) == nil)
    #expect(try task(configuration(), .tokenClassification) == nil)
    var given = configuration(saving: ["classifier"])
    given.options.targets.taskType = .featureExtraction
    #expect(try task(given, .sequenceClassification) == .featureExtraction)
  }

  @Test("The order of weights is found out, and a wrong statement is mentioned")
  func fanInFanOut() throws {
    func adapter(_ stated: Bool?, first: Module.Kind) throws -> Adapter {
      var asked = configuration()
      asked.options.fanInFanOut = stated
      return try Adapter(asked, for: base(first: first))
    }
    for (stated, first, warns) in [
      (nil, Module.Kind.conv1D, false), (nil, .linear, false), (true, .linear, true),
      (false, .conv1D, true), (true, .conv1D, true), (false, .linear, false),
    ] as [(Bool?, Module.Kind, Bool)] {
      let adapter = try adapter(stated, first: first)
      #expect(adapter.warnings.isEmpty != warns, "\(String(describing: stated)) \(first)")
      // The last layer is a linear one.
      #expect(adapter.configuration.options.fanInFanOut == false)
    }
  }

  @Test("An adapter made for another graph does not fit")
  func otherGraph() throws {
    let adapter = try Adapter(configuration(), for: base())
    #expect(throws: AdapterError.otherModule("a.q")) { try base(width: 6).adapted(by: adapter) }
    #expect(throws: AdapterError.otherModule("a.q")) {
      try base(first: .conv1D).adapted(by: adapter)
    }
    #expect(throws: AdapterError.unknownModule("a.q")) { try Graph(name: "g").adapted(by: adapter) }
  }

  @Test("A name or a parameter that is taken is refused")
  func taken() throws {
    let adapter = try Adapter(configuration(), for: base(), name: "one")
    let adapted = try base().adapted(by: adapter)
    #expect(throws: AdapterError.nameTaken("one")) { try adapted.adapted(by: adapter) }
    var graph = try base()
    _ = try graph.addParameter(Parameter(name: "a.q.a.one", shape: [4, 1]))
    #expect(throws: AdapterError.parameterTaken("a.q.a.one")) { try graph.adapted(by: adapter) }
  }

  @Test("A weight that nothing reads cannot be updated")
  func unused() throws {
    var graph = Graph(name: "g")
    _ = graph.addInput("x", type: ValueType([.size(2), .size(3)]))
    graph.declareModule("q", kind: .linear)
    _ = try graph.addParameter(Parameter(name: "q.weight", shape: [2, 3]))
    let adapter = try Adapter(configuration(["q"]), for: graph)
    #expect(throws: AdapterError.unusedWeight("q")) { try graph.adapted(by: adapter) }
  }

  @Test("A module without a weight is refused by name")
  func noWeight() throws {
    var graph = try base()
    graph.declareModule("a.k", kind: .linear)
    let error = #expect(throws: AdapterError.self) {
      try Adapter(configuration(["k"]), for: graph)
    }
    #expect(
      error?.description == """
        a.k is Linear, but has no weight of the shape this should have
          fix: leave it out of target_modules
        """)
  }

  @Test("Every error has a problem and a fix")
  func words() {
    let errors: [AdapterError] = [
      .badName("a.b"), .noWeight(Module(path: "m", kind: .linear)),
      .wrongShape(site: "m", found: [1], needed: [2]), .badDropout(2, site: "m"),
      .strayTensor("t", site: "m"), .ambiguousTensor("t", site: "m"), .unknownModule("m"),
      .otherModule("m"), .unusedWeight("m"), .noBranch("m"), .nameTaken("a"),
      .parameterTaken("p"), .otherLayers(found: nil, needed: [0..<1]), .noReplication(tuner: "T"),
      .replicatedModule("m"), .replicatedBias("m.bias"),
    ]
    for error in errors {
      let lines = error.description.split(separator: "\n")
      #expect(lines.count == 2 && lines[1].hasPrefix("  fix: "))
    }
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}
