import Testing

@testable import ModelGraph

@Suite("Replicating layers") struct ReplicationTests {
  /// Node by node, which earlier nodes' results it reads.
  private func reads(_ graph: Graph) -> [[Int]] {
    graph.nodes.map { node in
      node.operands.compactMap {
        if case .node(let index, _) = graph[$0].source { index } else { nil }
      }
    }
  }

  /// Node by node, the names of the parameters that it reads.
  private func parameters(_ graph: Graph) -> [[String]] {
    graph.nodes.map { node in
      node.operands.compactMap { graph.parameter(readBy: $0) }.map { graph[$0].name }
    }
  }

  private func message(_ ranges: [Range<Int>], _ graph: Graph) -> String? {
    do {
      _ = try graph.replicatingLayers(ranges)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("Layers come in the order of the ranges, chained, and read their originals' parameters")
  func order() throws {
    let base = try TinyGraph.transformer(layers: 5)
    let graph = try base.replicatingLayers([0..<4, 2..<5])
    try graph.validate()
    let numbers = [0, 1, 2, 3, 2, 3, 4]
    let expected = try TinyGraph.transformer(layers: 7)
    #expect(graph.nodes.map(\.module) == expected.nodes.map(\.module))
    #expect(reads(graph) == reads(expected))
    #expect(graph.modules.modules == expected.modules.modules)
    #expect(
      graph.outputs.map { graph[$0.value].source }
        == expected.outputs.map { expected[$0.value].source })
    let renamed = parameters(expected).map { names in
      names.map { name in
        let parts = name.split(separator: ".")
        guard parts.count > 3, let number = Int(parts[2]) else { return name }
        return (["model", "h", "\(numbers[number])"] + parts.dropFirst(3).map(String.init))
          .joined(separator: ".")
      }
    }
    #expect(parameters(graph) == renamed)
  }

  @Test("Parameters keep their numbers and names; a module's are the original layer's")
  func parameterNames() throws {
    let base = try TinyGraph.transformer(layers: 3)
    let graph = try base.replicatingLayers([1..<3, 1..<2])
    #expect(graph.parameters == base.parameters)
    let weight = base.parameter(named: "model.h.1.up.weight")
    #expect(graph.parameter(named: "model.h.1.up.weight") == weight)
    for (path, original) in [("model.h.0", 1), ("model.h.1", 2), ("model.h.2", 1)] {
      let names = graph.modules.namedParameters(within: path)
      let originals = base.modules.namedParameters(within: "model.h.\(original)")
      #expect(names.map(\.parameter) == originals.map(\.parameter))
      #expect(names.allSatisfy { $0.name.hasPrefix("\(path).") })
    }
    // Layer 0 is left out.
    let layer = base.modules.parameters(within: "model.h.0").reduce(0) { $0 + base[$1].count }
    #expect(graph.entryCount == base.entryCount - layer)
    #expect(try base.replicatingLayers([0..<3, 0..<3]).entryCount == base.entryCount)
  }

  @Test("All layers in their order make an equal graph; the original stays")
  func identity() throws {
    let base = try TinyGraph.transformer(layers: 4)
    let copy = try base.rewriting { _, _ in nil }
    for ranges in [[0..<4], [0..<1, 1..<3, 3..<4]] {
      let graph = try base.replicatingLayers(ranges)
      #expect(graph.nodes == copy.nodes && graph.values == copy.values)
      #expect(graph.parameters == base.parameters && graph.entryCount == base.entryCount)
      #expect(graph.inputs == copy.inputs && graph.outputs == copy.outputs)
      #expect(graph.modules.modules == base.modules.modules && graph.origin == base.origin)
      #expect(graph.moduleTree() == base.moduleTree() && graph.dot() == base.dot())
    }
  }

  @Test("What was replicated can be replicated again, and adapted layers keep what was added")
  func again() throws {
    let base = try TinyGraph.transformer(layers: 2)
    let twice = try base.replicatingLayers([0..<2, 1..<2]).replicatingLayers([2..<3, 0..<1])
    let once = try base.replicatingLayers([1..<2, 0..<1])
    #expect(twice.nodes == once.nodes && twice.modules.modules == once.modules.modules)
    let adapted = try TinyGraph.adapted(base).replicatingLayers([0..<1, 0..<2])
    try adapted.validate()
    #expect(adapted.modules.contains("model.h.2.up.lora_A.default"))
    #expect(adapted.modules.parameters.count == 2 * (5 + 4) + 2)
  }

  @Test("The list is found as PEFT finds it")
  func list() {
    func list(_ paths: String...) -> String? {
      var tree = ModuleTree()
      for path in paths { tree.insert(path) }
      return tree.layerList
    }
    #expect(list("layers.0") == "layers")
    #expect(list("model.layers.0", "model.layers.1") == "model.layers")
    #expect(list("model.model.h.0", "model.h.0", "h.0") == "model.model.h")
    #expect(list("bert.encoder.layer.0") == "bert.encoder.layer")
    #expect(list("model.bert.encoder.layer.0") == "model.bert.encoder.layer")
    #expect(list("encoder.layer.0", "h.0") == "encoder.layer")
    #expect(list("layers.0", "encoder.layer.0") == "layers")
    #expect(list("transformer.h.0") == nil && list("model.decoder.layers.0") == nil)
    #expect(list("model.a", "layers.0") == nil && list() == nil)
    // Not a list.
    #expect(list("layers", "h.0") == nil)
    #expect(list("layers.1", "layers.0") == nil && list("layers.0", "layers.norm") == nil)
  }

  @Test(
    "Ranges that do not fit are refused",
    arguments: [
      ([], "no layers are chosen", "give at least one range of layers, such as [0, 2]"),
      (
        [0..<1, 2..<2], "the range [2, 2] has no layers", "let a range end after its start"
      ),
      (
        [0..<4], "the range [0, 4] goes beyond the model's 3 layers",
        "choose ranges from 0 to 3; the end is not in the range"
      ),
      (
        [-1..<2], "the range [-1, 2] goes beyond the model's 3 layers",
        "choose ranges from 0 to 3; the end is not in the range"
      ),
      (
        [Int.min..<Int.max],
        "the range [\(Int.min), \(Int.max)] goes beyond the model's 3 layers",
        "choose ranges from 0 to 3; the end is not in the range"
      ),
      (
        Array(repeating: 0..<3, count: 3334), "the ranges have more than 10000 layers",
        "choose fewer or shorter ranges"
      ),
    ])
  func badRanges(ranges: [Range<Int>], problem: String, fix: String) throws {
    #expect(
      try message(ranges, TinyGraph.transformer()) == "tiny: \(problem)\n  fix: \(fix)")
  }

  @Test("As many layers as are allowed are made")
  func limit() throws {
    let graph = try TinyGraph.transformer(layers: 2)
      .replicatingLayers(Array(repeating: 0..<2, count: 5000))
    #expect(graph.modules.children(of: "model.h").count == 10_000)
    try graph.validate()
  }

  @Test("Long layers are bounded together")
  func size() throws {
    var graph = Chain()
    for layer in 0..<2 {
      for part in 0..<300 { try graph.add(layer, Scale(by: 2), module: "part\(part)") }
    }
    #expect(
      message(Array(repeating: 0..<2, count: 1000), graph.finished()) == """
        chain: the replicated layers have more than 1000000 operations and modules
          fix: choose fewer or shorter ranges
        """)
  }
}

@Suite("What layers read") struct LayerReadingTests {
  @Test(
    "Values from before the layers are read by every layer, those of the layer before by the next")
  func carried() throws {
    // Each layer makes two values that the next one reads, and reads one from before all layers.
    var graph = Graph(name: "pair")
    let x = graph.addInput("x", type: ValueType(TinyGraph.rows))
    let table = try graph.apply(Scale(by: 3), to: [x])[0]
    var (a, b) = (x, table)
    for layer in 0..<2 {
      let path = "layers.\(layer)"
      graph.declareModule(path)
      let sum = try graph.apply(Add(), to: [a, b], in: path)[0]
      let product = try graph.apply(Multiply(), to: [b, table], in: path)[0]
      (a, b) = (sum, product)
    }
    graph.addOutput("a", a)
    graph.addOutput("b", b)
    let longer = try graph.replicatingLayers([0..<2, 1..<2])
    try longer.validate()
    func source(_ node: Int, _ operand: Int) -> Value.Source {
      longer[longer.nodes[node].operands[operand]].source
    }
    #expect(longer.nodes.count == 7)
    #expect(source(1, 0) == .input(0) && source(1, 1) == .node(0, result: 0))
    for layer in 1..<3 {
      let (sum, product) = (1 + 2 * layer, 2 + 2 * layer)
      #expect(source(sum, 0) == .node(sum - 2, result: 0))
      #expect(source(sum, 1) == .node(product - 2, result: 0))
      #expect(source(product, 0) == .node(product - 2, result: 0))
      #expect(source(product, 1) == .node(0, result: 0))
    }
    #expect(
      longer.outputs.map { longer[$0.value].source } == [
        .node(5, result: 0), .node(6, result: 0),
      ])
  }
}
