import Testing

@testable import ModelGraph

/// A graph of layers with a node or more each, to be made wrong.
struct Chain {
  var graph = Graph(name: "chain")
  var x: Value.ID

  init() { x = graph.addInput("x", type: ValueType(TinyGraph.rows)) }

  mutating func add(
    _ layer: Int, _ operation: some Operator, module: String = "", reading others: Value.ID...
  ) throws {
    let path = module.isEmpty ? "layers.\(layer)" : "layers.\(layer).\(module)"
    graph.declareModule(path)
    x = try graph.apply(operation, to: [x] + others, in: path)[0]
  }

  func finished(_ outputs: Value.ID...) -> Graph {
    var graph = graph
    graph.addOutput("y", x)
    for (index, value) in outputs.enumerated() { graph.addOutput("y\(index)", value) }
    return graph
  }
}

@Suite("Layers that cannot be replicated") struct UnlikeLayersTests {
  private static let others = "replicate layers only where all are alike and follow each other"

  private func expect(
    _ graph: Graph, _ problem: String, fix: String = others,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ReplicationError.self, sourceLocation: sourceLocation) {
      try graph.replicatingLayers([0..<1])
    }
    #expect(
      error?.description == "\(graph.name): \(problem)\n  fix: \(fix)",
      sourceLocation: sourceLocation)
  }

  @Test("Without a list")
  func noList() throws {
    expect(
      try TinyGraph.mlp(), "the model has no list of layers that could be replicated",
      fix:
        "choose a model with layers in 'layers', 'encoder.layer' or 'h' at its root, or there in "
        + "'model' or 'bert'")
  }

  @Test("A single layer")
  func single() throws {
    expect(
      try TinyGraph.transformer(layers: 1),
      "model.h.0 is the only layer, so that nothing shows how layers are chained",
      fix: "replicate layers of a model that has at least two")
  }

  @Test("Layers in another order, interleaved, empty, or with something between")
  func notInOrder() throws {
    let problem = "the layers in layers are not computed one after the other"
    for order in [[1, 0], [0, 1, 0], [0, 2, 1]] {
      var chain = Chain()
      for layer in order.sorted() { chain.graph.declareModule("layers.\(layer)") }
      for layer in order { try chain.add(layer, Scale(by: 2)) }
      expect(chain.finished(), problem)
    }
    var between = Chain()
    try between.add(0, Scale(by: 2))
    between.x = try between.graph.apply(Scale(by: 2), to: [between.x])[0]
    try between.add(1, Scale(by: 2))
    expect(between.finished(), problem)
    var empty = Chain()
    try empty.add(0, Scale(by: 2))
    empty.graph.declareModule("layers.1")
    expect(empty.finished(), problem)
  }

  @Test("Other attributes, operations, modules, numbers of them, or shapes")
  func unlike() throws {
    let changes: [(inout Chain, Int) throws -> Void] = [
      { try $0.add($1, Scale(by: Double($1))) },
      { try $1 == 1 ? $0.add($1, Activation(.relu)) : $0.add($1, Scale(by: 2)) },
      { try $0.add($1, Scale(by: 2), module: "part\($1)") },
      { chain, layer in for _ in 0...layer { try chain.add(layer, Scale(by: 2)) } },
      { chain, layer in
        let bias = try chain.graph.parameter("layers.\(layer).b\(layer)", [1])
        try chain.add(layer, Add(), reading: bias)
      },
    ]
    for change in changes {
      var chain = Chain()
      for layer in 0..<2 { try change(&chain, layer) }
      expect(chain.finished(), "layers.1 and layers.0 are not alike")
    }
  }

  @Test("A third layer unlike the others")
  func third() throws {
    var chain = Chain()
    for layer in 0..<3 { try chain.add(layer, Scale(by: layer == 2 ? 3 : 2)) }
    expect(chain.finished(), "layers.2 and layers.0 are not alike")
  }

  @Test("A layer that reads the model's input where the first reads what is before the layers")
  func otherStart() throws {
    var chain = Chain()
    let input = chain.x
    chain.x = try chain.graph.apply(Scale(by: 3), to: [input])[0]
    let before = chain.x
    try chain.add(0, Add(), reading: before)
    try chain.add(1, Add(), reading: input)
    expect(chain.finished(), "layers.1 and layers.0 are not alike")
    // One value of the layer before, in place of which the first layer reads two.
    chain = Chain()
    chain.x = try chain.graph.apply(Scale(by: 3), to: [input])[0]
    try chain.add(0, Add(), reading: input)
    try chain.add(1, Add(), reading: chain.x)
    expect(chain.finished(), "layers.1 and layers.0 are not alike")
  }

  @Test("A layer that reads further back, as T5's do with the first one's bias")
  func distant() throws {
    var chain = Chain()
    var first: Value.ID?
    for layer in 0..<3 {
      try chain.add(layer, Add(), reading: first ?? chain.x)
      first = first ?? chain.x
    }
    expect(
      chain.finished(),
      "layers.2 reads what is computed in layers.0, which is not the layer before it")
  }

  @Test("A value within a layer that is read after the layers")
  func readInside() throws {
    var chain = Chain()
    try chain.add(0, Scale(by: 2))
    let inner = chain.x
    try chain.add(1, Scale(by: 2))
    let problem =
      "what is computed in layers.0 is read after the layers, but it is not the last one"
    expect(chain.finished(inner), problem)
    chain.x = try chain.graph.apply(Add(), to: [chain.x, inner])[0]
    expect(chain.finished(), problem)
  }
}
