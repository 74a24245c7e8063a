import Testing

@testable import ModelGraph

@Suite("Drawing the flow of data") struct FlowDrawingTests {
  private func operations(_ drawing: FlowDrawing) -> [String] {
    drawing.boxes.filter { $0.style == .operation }.map { $0.lines.joined(separator: " ") }
  }

  @Test("Repeated blocks are drawn once, in a frame, with what they hand on")
  func folds() throws {
    let drawing = FlowDrawing(try TinyGraph.transformer(layers: 12))
    #expect(drawing.frames.map(\.title) == ["model.h × 12"])
    #expect(
      operations(drawing) == [
        "embedding model.wte [batch, sequence, 4]", "layer_norm ln [batch, sequence, 4]",
        "linear up [batch, sequence, 8]", "activation [batch, sequence, 8]",
        "linear down [batch, sequence, 4]", "add [batch, sequence, 4]",
        "linear lm_head [batch, sequence, 10]",
      ])
    let next = drawing.arrows.filter { $0.label != nil }
    #expect(next.map(\.from) == ["node5", "node5"] && next.map(\.to) == ["node1", "node5"])
    #expect(drawing.arrows.contains(FlowDrawing.Arrow(from: "node5", to: "node61")))
    #expect(drawing.boxes(in: 0).count == 5)
  }

  @Test("Every arrow joins two boxes")
  func arrowsJoin() throws {
    for graph in [
      try TinyGraph.mlp(), try TinyGraph.transformer(),
      try TinyGraph.adapted(TinyGraph.transformer()), try nested(),
    ] {
      let drawing = FlowDrawing(graph)
      let ids = Set(drawing.boxes.map(\.id))
      #expect(ids.count == drawing.boxes.count)
      #expect(drawing.arrows.allSatisfy { ids.contains($0.from) && ids.contains($0.to) })
    }
  }

  @Test("An adapter's parameters are drawn: its own in the frame, shared bases outside")
  func adapterParameters() throws {
    let drawing = FlowDrawing(try TinyGraph.adapted(TinyGraph.transformer()))
    let trained = drawing.boxes.filter { $0.style == .trained }
    #expect(
      Set(trained.map { $0.lines[0] }) == [
        "up.lora_A.default.weight", "up.lora_B.default.weight", "down.lora_A.default.weight",
        "down.lora_B.default.weight",
      ])
    #expect(trained.allSatisfy { $0.frame == 0 })
    let frozen = drawing.boxes.filter { $0.style == .frozen }
    #expect(frozen.map(\.lines) == [["basis_2.default", "[2, 2]"]])
    #expect(frozen[0].frame == nil)
  }

  @Test("Outside of frames an adapter's parameter shows the module it belongs to")
  func parameterNames() throws {
    let drawing = FlowDrawing(try TinyGraph.adapted(TinyGraph.mlp()))
    #expect(drawing.boxes.contains { $0.lines == ["fc1.lora_A.default.weight", "[2, 6]"] })
  }

  @Test("A layer that differs splits the run")
  func splits() throws {
    let graph = try TinyGraph.transformer(layers: 5).rewriting { node, _ in
      node.module == "model.h.2" && node.operation is Activation ? node.operands : nil
    }
    let drawing = FlowDrawing(graph)
    #expect(drawing.frames.map(\.title) == ["model.h[0-1] × 2", "model.h[3-4] × 2"])
    #expect(operations(drawing).contains("linear h.2.up [batch, sequence, 8]"))
  }

  @Test("Blocks that read different values from outside are not alike")
  func differentSources() throws {
    var graph = Graph(name: "branches")
    let x = graph.addInput("x", type: real(batch, 4))
    let y = graph.addInput("y", type: real(batch, 4))
    let a = try graph.addBlock("b.0", reading: x, width: 4)
    let b = try graph.addBlock("b.1", reading: y, width: 4)
    let sum = try graph.apply(Add(), to: [a, b])[0]
    graph.addOutput("z", sum)
    #expect(FlowDrawing(graph).frames.isEmpty)
  }

  @Test("A block that reads another part of its predecessor begins a run of its own")
  func differentHandover() throws {
    var graph = Graph(name: "crossed")
    var values = [graph.addInput("x", type: real(batch, 4))]
    values = try graph.apply(Split(sizes: [2, 2]), to: values)
    for (layer, side) in [0, 0, 0, 1].enumerated() {
      graph.declareModule("l.\(layer)")
      let twice = try graph.apply(
        Concatenate(axis: 1), to: [values[side], values[side]], in: "l.\(layer)")
      values = try graph.apply(Split(sizes: [2, 2]), to: twice, in: "l.\(layer)")
    }
    #expect(FlowDrawing(graph).frames.map(\.title) == ["l[0-2] × 3"])
  }

  @Test("A block that reads its predecessor is not like one that stands beside its own")
  func besideAndAfter() throws {
    var graph = Graph(name: "mixed")
    let x = graph.addInput("x", type: real(batch, 4))
    _ = try graph.addBlock("l.0", reading: x, width: 4)
    let y = try graph.addBlock("l.1", reading: x, width: 4)
    graph.addOutput("z", try graph.addBlock("l.2", reading: y, width: 4))
    #expect(FlowDrawing(graph).frames.map(\.title) == ["l[0-1] × 2"])
  }

  /// Two layers of three parallel experts whose results add up.
  private func nested() throws -> Graph {
    var graph = Graph(name: "nested")
    var x = graph.addInput("x", type: real(batch, 4))
    for layer in 0..<2 {
      let path = "l.\(layer)"
      let results = try (0..<3).map {
        try graph.addLinear("\(path).experts.\($0)", reading: x, inputs: 4, outputs: 4)
      }
      x = try graph.apply(Add(), to: results, in: path)[0]
    }
    graph.addOutput("y", x)
    return graph
  }

  @Test("Blocks within blocks fold too")
  func nests() throws {
    let drawing = FlowDrawing(try nested())
    #expect(drawing.frames.map(\.title) == ["l × 2", "l.0.experts × 3"])
    #expect(drawing.frames(in: 0).map(\.number) == [1])
    #expect(operations(drawing) == ["linear [batch, 4]", "add [batch, 4]"])
    #expect(
      drawing.arrows.map { "\($0.from)>\($0.to)" } == [
        "input0>node0", "node0>node3", "node3>node0", "node3>output0",
      ])
  }

  @Test("Results of several shapes are listed; inputs that may be left out are marked")
  func shapes() throws {
    var graph = Graph(name: "shapes")
    let x = graph.addInput("x", type: real(6), isOptional: true)
    _ = try graph.apply(Split(sizes: [4, 2]), to: [x])
    _ = try graph.apply(Split(sizes: [3, 3]), to: [x])
    let drawing = FlowDrawing(graph)
    #expect(operations(drawing) == ["split [4] [2]", "split 2 × [3]"])
    #expect(drawing.boxes[0].isOptional)
  }

  @Test("An output may be an input, or a weight that is not drawn")
  func directOutputs() throws {
    var graph = Graph(name: "direct")
    graph.addOutput("x", graph.addInput("x", type: real(6)))
    graph.addOutput("w", try graph.parameter("w", [2]))
    #expect(FlowDrawing(graph).arrows == [FlowDrawing.Arrow(from: "input0", to: "output0")])
  }
}
