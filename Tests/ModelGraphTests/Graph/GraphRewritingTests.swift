import Testing

@testable import ModelGraph

@Suite("Rewriting a graph") struct GraphRewritingTests {
  @Test("A rewrite that replaces nothing makes an equal graph")
  func copies() throws {
    var graph = try TinyGraph.transformer()
    graph.origin = Graph.Origin(modelType: "tiny", outputEmbedding: "lm_head")
    let copy = try graph.rewriting { _, _ in nil }
    #expect(copy.name == graph.name && copy.origin == graph.origin)
    #expect(copy.parameters == graph.parameters && copy.entryCount == graph.entryCount)
    #expect(copy.modules == graph.modules)
    #expect(copy.inputs.map(\.name) == graph.inputs.map(\.name))
    #expect(copy.outputs.map(\.name) == graph.outputs.map(\.name))
    #expect(copy.nodes.map(\.module) == graph.nodes.map(\.module))
    #expect(copy.moduleTree() == graph.moduleTree())
    #expect(copy.dot() == graph.dot())
    try copy.validate()
  }

  @Test("What replaces a node takes its place for all that follow; the original stays")
  func replaces() throws {
    let graph = try TinyGraph.mlp()
    let changed = try graph.rewriting { node, graph in
      guard node.operation is Activation else { return nil }
      let doubled = try graph.apply(Scale(by: 2), to: node.operands, in: node.module)
      return try graph.apply(Activation(.silu), to: doubled, in: node.module)
    }
    #expect(
      changed.nodes.map(\.operation.name) == ["linear", "scale", "activation", "linear"])
    #expect(changed.nodes[3].operands[0] == changed.nodes[2].results[0])
    #expect(changed.outputs[0].value == changed.nodes[3].results[0])
    #expect(graph.nodes.map(\.operation.name) == ["linear", "activation", "linear"])
    try changed.validate()
  }

  @Test("A node may vanish: its operands stand for its results")
  func vanishes() throws {
    let graph = try TinyGraph.mlp().rewriting { node, _ in
      node.operation is Activation ? node.operands : nil
    }
    #expect(graph.nodes[1].operands[0] == graph.nodes[0].results[0])
    try graph.validate()
  }

  @Test("Added parameters belong to the rewritten graph only")
  func addsParameters() throws {
    let graph = try TinyGraph.transformer(layers: 2)
    let adapted = try TinyGraph.adapted(graph)
    let added = adapted.parameters.filter { $0.role != .base }
    #expect(added.count == 2 * 4 + 1)
    #expect(adapted.entryCount == graph.entryCount + added.reduce(0) { $0 + $1.count })
    #expect(graph.parameters.allSatisfy { $0.role == .base })
    #expect(!graph.modules.contains("model.h.0.up.lora_A"))
    #expect(adapted.modules.contains("model.h.0.up.lora_A"))
    for parameter in graph.parameters {
      #expect(adapted.parameter(named: parameter.name) == graph.parameter(named: parameter.name))
    }
    #expect(adapted.inputs.count == 1 && adapted.outputs.map(\.name) == ["logits"])
  }

  @Test("Optional inputs stay optional")
  func optionalInputs() throws {
    var graph = Graph(name: "inputs")
    _ = graph.addInput("mask", type: mask(batch), isOptional: true)
    #expect(try graph.rewriting { _, _ in nil }.inputs[0].isOptional)
  }

  @Test("Too few or too many values in place of the results are refused", arguments: [0, 2])
  func wrongCount(count: Int) throws {
    let graph = try TinyGraph.mlp()
    let error = #expect(throws: GraphError.self) {
      try graph.rewriting { node, _ in
        node.operation is Activation ? Array(repeating: node.operands[0], count: count) : nil
      }
    }
    #expect(
      error == .resultCount(node: 1, operation: "activation", expected: 1, found: count))
  }

  @Test("A replacement of another shape is found at the node that reads it")
  func wrongShape() throws {
    let graph = try TinyGraph.mlp()
    let error = #expect(throws: ShapeError.self) {
      try graph.rewriting { node, graph in
        guard node.operation is Activation else { return nil }
        return try graph.apply(Slice(axis: 1, 0..<2), to: node.operands)
      }
    }
    #expect(
      error?.problem == "linear: the input must end in 4, but its shape is [batch, 2]")
    #expect(error?.fix == "change one of the two, so that both are 4")
  }

  @Test("What an illegal graph reads or gives back and does not have is refused")
  func illegalOriginal() throws {
    var graph = try TinyGraph.mlp()
    graph.nodes.remove(at: 1)
    #expect(throws: GraphError.undefinedValue(node: 1, operation: "linear")) {
      try graph.rewriting { _, _ in nil }
    }
    graph.nodes.remove(at: 1)
    #expect(throws: GraphError.undefinedOutput("y")) { try graph.rewriting { _, _ in nil } }
  }
}
