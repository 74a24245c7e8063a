import Peft
import PeftTestSupport
import Testing

@Suite("Weighted adapters") struct CombinationTests {
  /// Two modules, the path of one of which is the end of the other's.
  private static func base() throws -> Model {
    let graph = try ModelDescription(
      text: """
        name: test
        inputs:
          x: {type: numbers, shape: [batch, 40]}
        graph:
          - linear: {name: a.up, out: 48, from: x}
          - linear: {name: up, out: 40}
          - linear: {name: head, out: 3}
        outputs: {y: previous}

        """
    ).graph()
    var generator = TorchGenerator(seed: 3)
    var parameters: [Parameter.ID: Tensor] = [:]
    for parameter in graph.parameters {
      guard let id = graph.parameter(named: parameter.name) else { continue }
      parameters[id] = generator.normal(parameter.shape)
    }
    return Model(graph, parameters: parameters)
  }

  /// A model with adapters that change something from the start.
  private static func model(_ configurations: [String: LoraConfig]) throws -> PeftModel {
    var model = PeftModel(try base())
    for (index, entry) in configurations.sorted(by: { $0.key < $1.key }).enumerated() {
      var configuration = entry.value
      if configuration.initLoraWeights == .kaimingUniform, !configuration.useDora {
        configuration.initLoraWeights = .random
      }
      try model.addAdapter(configuration, name: entry.key, seed: index)
    }
    return model
  }

  private static func weight(_ model: PeftModel, _ name: String, _ path: String) throws -> [Float] {
    let weights = try model.weights(name)
    let update = try #require(weights.adapter.updates.first { $0.site.path == path })
    return try UpdateMatrices(weights, on: model.base).weight(update).floats()
  }

  private static func isNear(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
  }

  @Test("A rank that no model needs is refused before memory is taken for it")
  func ranksBeyondTheModel() throws {
    var model = try Self.model(["p": LoraConfig(r: 2, targetModules: ["up"])])
    let problems = [
      1 << 24: """
      lora_alpha must be at most 2097151, not 16777216
        fix: choose a value for lora_alpha that is at most 2097151
      r must be at most 2097151, not 16777216
        fix: choose a value for r that is at most 2097151
      """,
      .max: """
      r must be at most 2097151, not 9223372036854775807
        fix: choose a value for r that is at most 2097151
      """,
    ]
    for (rank, problem) in problems {
      #expect(
        message {
          try model.addWeightedAdapter(
            ["p"], weights: [1], name: "svd", combination: .svd, svdRank: rank)
        } == problem)
      #expect(
        message { _ = try model.weights("p").convertedToLoRA(.rank(rank), on: model.base) }
          == problem)
    }
  }

  @Test("Ranks that differ stand in both patterns, the longest path first")
  func patterns() throws {
    var model = try Self.model([
      "p": LoraConfig(r: 4, targetModules: ["up"], loraAlpha: 3, useRslora: true),
      "q": LoraConfig(r: 2, targetModules: ["a.up"]),
    ])
    let report = try model.addWeightedAdapter(["q", "p"], weights: [2, -1], name: "both")
    let weights = try model.weights("both")
    let config = try #require(weights.adapter.configuration as? LoraConfig)
    #expect(Array(config.rankPattern.keys) == ["a.up", "up"])
    #expect(Array(config.rankPattern.values) == [6, 4])
    #expect(config.alphaPattern == ["a.up": 6, "up": 4])
    #expect((config.r, config.loraAlpha) == (6, 6))
    #expect(report.modules.map(\.rank) == [6, 4])
    let (a, b) = try (Self.weight(model, "p", "a.up"), Self.weight(model, "q", "a.up"))
    #expect(Self.isNear(try Self.weight(model, "both", "a.up"), zip(a, b).map { 2 * $1 - $0 }))
    let only = try Self.weight(model, "p", "up").map { -$0 }
    #expect(Self.isNear(try Self.weight(model, "both", "up"), only))
  }

  @Test("Modules that no list of names means alone are meant by a pattern")
  func exactTargets() throws {
    var model = try Self.model([
      "p": LoraConfig(r: 2, targetModules: "up"), "q": LoraConfig(r: 2, targetModules: ["head"]),
    ])
    try model.addWeightedAdapter(["p", "q"], weights: [1, 1], name: "both")
    let adapter = try model.weights("both").adapter
    #expect(adapter.updates.map(\.site.path) == ["up", "head"])
    #expect(adapter.configuration.options.targets.targetModules == .pattern("up|head"))
  }

  @Test("DARE keeps a share of the entries and makes them larger")
  func dare() throws {
    var model = try Self.model([
      "p": LoraConfig(r: 40, targetModules: ["up"], loraAlpha: 40, initLoraWeights: .random),
      "q": LoraConfig(r: 40, targetModules: ["up"], loraAlpha: 40, initLoraWeights: .random),
    ])
    func factors(_ name: String) throws -> [Float] {
      try #require(model.weights(name).tensors["a.up.lora_A.\(name).weight"]).floats()
    }
    for (name, seed) in [("first", 1), ("again", 1), ("other", 2)] {
      try model.addWeightedAdapter(
        ["p", "q"], weights: [1, 0], name: name, combination: .dareLinear, density: 0.7, seed: seed)
    }
    let (original, first) = (try factors("p"), try factors("first"))
    let kept = first.indices.filter { first[$0] != 0 }
    // 1600 draws: five deviations of √(0.7 · 0.3 / 1600).
    #expect(abs(Double(kept.count) / Double(first.count) - 0.7) < 0.06)
    #expect(kept.allSatisfy { abs(first[$0] - original[$0] / 0.7) < 1e-6 })
    #expect(try factors("again") == first)
    #expect(try factors("other") != first)
    for kind in [AdapterCombination.dareTies, .dareTiesSVD, .dareLinearSVD] {
      let report = try model.addWeightedAdapter(
        ["p", "q"], weights: [1, 1], name: kind.rawValue, combination: kind, density: 0.9)
      #expect(report.relativeError > 0.05 && report.relativeError < 2, "\(kind)")
    }
  }

  @Test("A density of 1 or more leaves nothing out, and says so")
  func wholeDensity() throws {
    var model = try Self.model([
      "p": LoraConfig(r: 2, targetModules: ["up"]), "q": LoraConfig(r: 2, targetModules: ["up"]),
    ])
    let report = try model.addWeightedAdapter(
      ["p", "q"], weights: [1, 1], name: "all", combination: .dareLinear, density: 1)
    #expect(report.warnings == ["density is 1.0: no entries are left out"])
    try model.addWeightedAdapter(
      ["p", "q"], weights: [1, 1], name: "linear", combination: .linear)
    #expect(try Self.weight(model, "all", "up") == Self.weight(model, "linear", "up"))
  }

  @Test("What one adapter trains in full is taken over as it is")
  func copies() throws {
    var model = PeftModel(try Self.base())
    var saving = LoraConfig(r: 2, targetModules: ["a.up"], modulesToSave: ["head"])
    saving.initLoraWeights = .random
    let adapter = try Adapter(saving, for: model.base.graph, name: "p")
    let head = Tensor((0..<120).map { Float($0) }, shape: [3, 40])
    try model.add(
      AdapterWeights(
        adapter, on: model.base, given: ["head.modules_to_save.p.weight": head]))
    try model.addAdapter(
      LoraConfig(r: 2, targetModules: ["up"], bias: .only("lora_only")), name: "q")
    try model.addWeightedAdapter(["p", "q"], weights: [0.5, 3], name: "both")
    let both = try model.weights("both")
    #expect(both.tensors["head.modules_to_save.both.weight"]?.floats() == head.floats())
    #expect(both.adapter.trainedBiases.count == 2)
    #expect(both.adapter.configuration.options.targets.modulesToSave == ["head"])
  }

  @Test("Biases that lora_bias adds are summed")
  func biases() throws {
    var model = try Self.model([
      "p": LoraConfig(r: 2, targetModules: ["up"], initLoraWeights: .random, loraBias: true),
      "q": LoraConfig(r: 2, targetModules: ["up"], initLoraWeights: .random, loraBias: true),
    ])
    try model.addWeightedAdapter(["p", "q"], weights: [2, -1], name: "both")
    func bias(_ name: String) throws -> [Float] {
      let weights = try model.weights(name)
      let updates = try UpdateMatrices(weights, on: model.base)
      return try #require(try updates.bias(weights.adapter.updates[0])).floats()
    }
    let sum = zip(try bias("p"), try bias("q")).map { 2 * $0 - $1 }
    #expect(Self.isNear(try bias("both"), sum))
  }

  // MARK: - Mistakes

  private static func mistake(
    _ configurations: [String: LoraConfig], weights: [Double]? = nil,
    _ combination: AdapterCombination, density: Double? = nil, svdRank: Int? = nil
  ) throws -> String? {
    var model = try model(configurations)
    let names = configurations.keys.sorted()
    return message {
      try model.addWeightedAdapter(
        names, weights: weights ?? names.map { _ in 1 }, name: "new", combination: combination,
        density: density, svdRank: svdRank)
    }
  }

  private static let two = [
    "p": LoraConfig(r: 2, targetModules: ["up"]), "q": LoraConfig(r: 2, targetModules: ["up"]),
  ]

  @Test("Names and weights that do not go together are refused")
  func names() throws {
    #expect(
      try Self.mistake([:], .cat) == "no adapters are named\n  fix: name at least one")
    #expect(
      try Self.mistake(Self.two, weights: [1], .cat)
        == "there are 1 weights for 2 adapters\n  fix: give one weight for each adapter")
    #expect(
      try Self.mistake(Self.two, weights: [1, .nan], .cat)
        == "the weight of 'q' is nan\n  fix: give a finite number")
    var model = try Self.model(Self.two)
    #expect(
      message { try model.addWeightedAdapter(["p", "c"], weights: [1, 1], name: "new") }
        == "no adapter is called 'c'\n  fix: did you mean 'p'?")
    #expect(
      message { try model.addWeightedAdapter(["p", "q"], weights: [1, 1], name: "p") }
        == "there is an adapter called 'p' already\n  fix: choose another name, or delete it first"
    )
    #expect(
      message { try model.addWeightedAdapter(["p", "p"], weights: [1, 1], name: "new") }
        == "'p' is named twice\n  fix: name it once, with the sum of its weights")
  }

  @Test("Arguments that are missing, mean nothing or make no sense are refused")
  func arguments() throws {
    #expect(
      try Self.mistake(Self.two, .ties)
        == "ties keeps a share of the entries, and no density is given\n"
        + "  fix: give a density, such as 0.5")
    #expect(
      try Self.mistake(Self.two, .ties, density: 0)
        == "density is 0.0\n"
        + "  fix: give a number above 0; from 1 on all entries are kept")
    #expect(
      try Self.mistake(Self.two, .cat, density: 0.5)
        == "density means nothing to cat\n"
        + "  fix: leave it out, or choose another combination")
    #expect(
      try Self.mistake(Self.two, .linear, svdRank: 4)
        == "svdRank means nothing to linear\n"
        + "  fix: leave it out, or choose another combination")
    #expect(
      try Self.mistake(Self.two, .svd, svdRank: 0)
        == "svdRank is 0\n  fix: give a rank from 1 on")
  }

  @Test("Adapters whose factors cannot be summed are refused by name")
  func factors() throws {
    var others = Self.two
    others["q"] = LoraConfig(r: 3, targetModules: ["up"])
    #expect(
      try Self.mistake(others, .linear)
        == "linear needs equal ranks, but at a.up they are 2, 3\n  fix: choose cat, or svd")
    others["q"] = LoraConfig(r: 2, targetModules: ["up"], useDora: true)
    #expect(
      try Self.mistake(others, .cat)
        == "cat works on LoRA's factors, and the updates of 'q' (DoRA) are no product of two\n"
        + "  fix: choose svd")
    #expect(
      try Self.mistake(others, .ties, density: 0.5)?.hasSuffix("fix: choose ties_svd") == true)
    #expect(
      try Self.mistake(others, .svd)
        == "the updates of 'q' (DoRA) have no rank of their own\n  fix: give svdRank")
    others["q"] = LoraConfig(r: 2, targetModules: ["up"], initLoraWeights: .pissa(iterations: nil))
    #expect(
      try Self.mistake(others, .linear)
        == "linear works on LoRA's factors, and 'q' has taken those it started from (\"pissa\") "
        + "out of the weights\n  fix: choose cat or svd")
    others["q"] = LoraConfig(r: 2, targetModules: ["up"], loraBias: true)
    #expect(
      try Self.mistake(others, .linear)
        == "linear works on LoRA's factors, and 'q' has lora_bias, which is none\n"
        + "  fix: choose cat or svd")
  }

  @Test("Two adapters that train one module in full are refused")
  func savedTwice() throws {
    let saving = LoraConfig(r: 2, targetModules: ["up"], modulesToSave: ["head"])
    #expect(
      try Self.mistake(["p": saving, "q": saving], .cat)
        == "head is trained in full by 'p' and 'q'\n"
        + "  fix: combine adapters of which one at most trains it: such copies have no sum")
  }

  @Test("Adapters for other layers than one another's are refused")
  func otherLayers() throws {
    let graph = try ModelDescription(
      "bert", setting: [("layers", "2"), ("width", "24"), ("heads", "2"), ("vocabulary", "11")]
    ).graph()
    var model = PeftModel(Model(graph, parameters: [:]))
    for (name, layers) in [("p", [0..<2, 1..<2]), ("q", [0..<1])] {
      try model.addAdapter(
        LoraConfig(r: 2, targetModules: ["query"], layerReplication: layers), name: name)
    }
    #expect(
      message { try model.addWeightedAdapter(["p", "q"], weights: [1, 1], name: "new") }?
        .hasPrefix("the adapter is for layer_replication [[0, 1]], but the model has adapters")
        == true)
  }

  @Test("An update that depends on the weight needs the weight")
  func missingWeights() throws {
    let graph = try Self.base().graph
    let base = Model(graph, parameters: [:])
    let config = LoraConfig(r: 2, targetModules: ["up"], useDora: true)
    let weights = try AdapterWeights(Adapter(config, for: graph), on: base)
    #expect(
      message { _ = try weights.convertedToLoRA(.rank(2), on: base) }
        == "the update of a.up depends on the weight itself\n"
        + "  fix: give the base model with its weights")
  }
}
