import LoRA
import PeftTestSupport
import PluginContract
import Testing
import TunerKit

@Suite("LoRA's layer_replication") struct LayerReplicationTests {
  private func ranges(_ pairs: [[Int]]) -> ConfigurationValue {
    .list(pairs.map { .list($0.map { .integer($0) }) })
  }

  /// Layers `model.layers.0.q` and so on, each a sum of what it reads and a product.
  private func model(layers: Int) throws -> Graph {
    var graph = Graph(name: "model")
    var x = graph.addInput("x", type: ValueType([.symbol("batch"), 4]))
    for layer in 0..<layers {
      let path = "model.layers.\(layer).q"
      graph.declareModule(path, kind: .linear)
      let weight = try graph.addParameter(Parameter(name: "\(path).weight", shape: [4, 4]))
      let bias = try graph.addParameter(Parameter(name: "\(path).bias", shape: [4]))
      let product = try graph.apply(Linear(), to: [x, weight, bias], in: path)
      x = try graph.apply(Add(), to: [x] + product, in: "model.layers.\(layer)")[0]
    }
    graph.addOutput("y", x)
    return graph
  }

  private func adapter(
    _ ranges: [Range<Int>]?, on graph: Graph, named name: String = "one",
    _ change: (inout LoraConfig) -> Void = { _ in }
  ) throws -> Adapter {
    var configuration = LoraConfig(r: 2, targetModules: ["q"], layerReplication: ranges)
    change(&configuration)
    return try Adapter(configuration, for: graph, name: name)
  }

  @Test("Pairs are read and written as PEFT has them")
  func field() throws {
    let value = ranges([[0, 4], [2, 5]])
    let configuration = try LoraConfig(["layer_replication": value])
    #expect(configuration.options.layerReplication == [0..<4, 2..<5])
    #expect(configuration.values["layer_replication"] == value)
    #expect(configuration == LoraConfig(layerReplication: [0..<4, 2..<5]))
    #expect(LoraConfig().values["layer_replication"] == .null)
    #expect(try LoraConfig(["layer_replication": .list([])]).options.layerReplication == [])
  }

  @Test(
    "What are no ranges is refused",
    arguments: [
      ([[4, 2]], "[[4, 2]]"), ([[0]], "[[0]]"), ([[0, 1, 2]], "[[0, 1, 2]]"), ([[]], "[[]]"),
      ([[0, 1], [3, 2]], "[[0, 1], [3, 2]]"), ([[.max, .min]], "[[\(Int.max), \(Int.min)]]"),
    ])
  func noRanges(pairs: [[Int]], text: String) {
    let problem = message { _ = try LoraConfig(["layer_replication": ranges(pairs)]) }
    let expected = "a list, each of it a list of a start and an end, such as [0, 4], or null"
    #expect(
      problem == """
        layer_replication must be \(expected), not \(text)
          fix: give layer_replication \(expected)
        """)
  }

  @Test("Modules are matched, and patterns apply, by the new numbers")
  func numbers() throws {
    let base = try model(layers: 3)
    let adapter = try adapter([0..<3, 1..<3], on: base) {
      $0.rankPattern = ["4.q": 3]
      $0.alphaPattern = ["0.q": 6]
    }
    #expect(adapter.updates.map(\.site.path) == (0..<5).map { "model.layers.\($0).q" })
    #expect(
      adapter.updates.map { $0.tensors.last?.shape } == [
        [4, 2], [4, 2], [4, 2], [4, 2], [4, 3],
      ])
    let factors = adapter.updates.map { update -> Double in
      guard case .scaled(let factor, _) = update.update else { return 0 }
      return factor
    }
    #expect(factors == [3, 4, 4, 4, 8 / 3.0])
    #expect(adapter.warnings == [])
    let some = try self.adapter([0..<3, 1..<3], on: base) {
      $0.options.targets.layersToTransform = .many([1, 4])
    }
    #expect(some.updates.map(\.site.path) == ["model.layers.1.q", "model.layers.4.q"])
  }

  @Test("The adapted graph has the layers; each has an update of its own on shared weights")
  func adapted() throws {
    let base = try model(layers: 2)
    let adapter = try adapter([0..<2, 0..<1], on: base)
    let graph = try base.adapted(by: adapter)
    try graph.validate()
    #expect(graph.origin.layerReplication == [0..<2, 0..<1])
    #expect(Array(graph.parameters.prefix(base.parameters.count)) == base.parameters)
    #expect(graph.parameters.filter { $0.role == .adapter("one") }.count == 6)
    #expect(
      graph.modules.ownParameters(of: "model.layers.2.q")["weight"]
        == base.parameter(named: "model.layers.0.q.weight"))
    #expect(graph.entryCount == base.entryCount + 3 * 16)
    let prepared = try base.prepared(for: adapter)
    #expect(
      prepared.modules.children(of: "model.layers").count == 3
        && prepared.entryCount == base.entryCount)
    #expect(prepared.parameters == base.parameters)
    #expect(try prepared.adapted(by: adapter).nodes == graph.nodes)
  }

  @Test("Empty means none, as in PEFT", arguments: [nil, []] as [[Range<Int>]?])
  func none(ranges: [Range<Int>]?) throws {
    let base = try model(layers: 2)
    let adapter = try adapter(ranges, on: base)
    #expect(adapter.updates.count == 2)
    #expect(try base.adapted(by: adapter).origin.layerReplication == nil)
  }

  @Test("A second adapter of the same layers joins the first; others are refused")
  func second() throws {
    let base = try model(layers: 2)
    let first = try base.adapted(by: adapter([0..<2, 1..<2], on: base))
    let same = try adapter([0..<2, 1..<2], on: first, named: "two")
    #expect(same.updates.count == 3)
    let both = try first.adapted(by: same)
    try both.validate()
    #expect(both.modules.children(of: "model.layers").count == 3)
    #expect(try adapter([0..<2, 1..<2], on: base, named: "two").updates.count == 3)

    let fix = "\n  fix: use only adapters of the same layer_replication together"
    func problem(_ needed: String, _ found: String) -> String {
      "the adapter is for layer_replication \(needed), but the model has adapters already, for "
        + found + fix
    }
    #expect(
      message { _ = try adapter([0..<2], on: first, named: "two") }
        == problem("[[0, 2]]", "[[0, 2], [1, 2]]"))
    #expect(
      message { _ = try adapter(nil, on: first, named: "two") }
        == problem("null", "[[0, 2], [1, 2]]"))
    let plain = try base.adapted(by: adapter(nil, on: base))
    #expect(
      message { _ = try adapter([0..<2], on: plain, named: "two") } == problem("[[0, 2]]", "null"))
    let other = try adapter([0..<1, 0..<2], on: base, named: "two")
    #expect(
      message { _ = try first.adapted(by: other) }
        == problem("[[0, 1], [0, 2]]", "[[0, 2], [1, 2]]"))
    #expect(
      message { _ = try plain.adapted(by: other) } == problem("[[0, 1], [0, 2]]", "null"))
  }

  @Test("What layers share is not trained")
  func shared() throws {
    let base = try model(layers: 2)
    #expect(
      message {
        _ = try adapter([0..<2, 1..<2], on: base) { $0.options.bias = .all }
      } == """
        the bias 'model.layers.0.q.bias' cannot be trained where layer_replication lets layers share it
          fix: set bias to none, or leave out layer_replication
        """)
    #expect(
      message {
        _ = try adapter([0..<2, 1..<2], on: base) {
          $0.options.targets.targetModules = ["0.q"]
          $0.options.targets.modulesToSave = ["2.q"]
        }
      } == """
        'model.layers.2.q' cannot be trained in full where layer_replication lets layers share parameters
          fix: leave it out of modules_to_save, or layer_replication
        """)
  }

  @Test("Mistakes in the ranges are the graph's to report")
  func ranges() throws {
    let base = try model(layers: 2)
    #expect(
      message { _ = try adapter([0..<3], on: base) } == """
        model: the range [0, 3] goes beyond the model's 2 layers
          fix: choose ranges from 0 to 2; the end is not in the range
        """)
    #expect(throws: ReplicationError(model: "model", .emptyRange(1..<1))) {
      try adapter([1..<1], on: base)
    }
  }
}
