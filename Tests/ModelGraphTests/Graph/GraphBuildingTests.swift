import Testing

@testable import ModelGraph

@Suite("Building a graph") struct GraphBuildingTests {
  @Test("A parameter is found by name, and by the value that reads it")
  func parameters() throws {
    let graph = try TinyGraph.mlp()
    let id = try #require(graph.parameter(named: "fc1.weight"))
    let value = try #require(graph.value(of: id))
    #expect(graph[id].shape == [4, 6])
    #expect(graph[value].type == real(4, 6))
    #expect(graph.parameter(readBy: value) == id)
    #expect(graph.parameter(readBy: graph.inputs[0].value) == nil)
    #expect(graph.parameter(named: "fc3.weight") == nil)
    #expect(graph.entryCount == 4 * 6 + 4 + 2 * 4 + 2)
  }

  @Test("Values say where they come from, and nodes stand in order")
  func sources() throws {
    let graph = try TinyGraph.mlp()
    #expect(graph.nodes.map(\.operation.name) == ["linear", "activation", "linear"])
    #expect(graph.nodes.map(\.module) == ["fc1", "", "fc2"])
    #expect(graph[graph.inputs[0].value].source == .input(0))
    #expect(graph[graph.nodes[2].results[0]].source == .node(2, result: 0))
    #expect(graph.outputs.map(\.value) == graph.nodes[2].results)
  }

  @Test("Adding to a copy leaves the original as it was")
  func isValue() throws {
    let graph = try TinyGraph.mlp()
    var copy = graph
    _ = try copy.addLinear("fc3", reading: copy.outputs[0].value, inputs: 2, outputs: 9)
    copy.name = "other"
    #expect(graph.nodes.count == 3 && copy.nodes.count == 4)
    #expect(graph.entryCount == 38 && copy.entryCount == 38 + 27)
    #expect(!graph.modules.contains("fc3") && copy.modules.contains("fc3"))
    #expect(graph.name == "mlp")
    #expect(graph.parameter(named: "fc3.weight") == nil)
  }

  @Test("A failed application adds nothing")
  func failedApplication() throws {
    var graph = try TinyGraph.mlp()
    let values = graph.values.count
    let x = graph.inputs[0].value
    let error = #expect(throws: ShapeError.self) { try graph.apply(MatrixProduct(), to: [x, x]) }
    #expect(
      error?.problem
        == "matmul: the first factor [batch, 6] does not fit the second factor [batch, 6]")
    #expect(graph.values.count == values && graph.nodes.count == 3)
  }

  @Test("Two parameters of one name are refused")
  func duplicate() throws {
    var graph = try TinyGraph.mlp()
    let error = #expect(throws: GraphError.self) { try graph.parameter("fc1.weight", [1]) }
    #expect(error == .duplicateParameter("fc1.weight"))
    #expect(
      error?.description == "two parameters are called 'fc1.weight'\n  fix: give each its own name")
  }

  @Test("A name that a shared parameter has is taken")
  func sharedName() throws {
    var graph = try TinyGraph.transformer()
    #expect(throws: GraphError.duplicateParameter("lm_head.weight")) {
      try graph.parameter("lm_head.weight", [10, 4])
    }
  }

  @Test("More than 2^53 entries are refused, and counted without overflow")
  func limit() throws {
    var graph = Graph(name: "huge")
    _ = try graph.parameter("a", [1 << 52])
    _ = try graph.parameter("b", [1 << 52])
    for size in [1, Int.max] {
      let error = #expect(throws: GraphError.self) { try graph.parameter("c", [size]) }
      #expect(error == .tooManyParameters(limit: 1 << 53))
      #expect(
        error?.description
          == "the model has more than 9007199254740992 parameter entries\n  fix: choose smaller sizes"
      )
    }
    #expect(graph.parameters.count == 2 && graph.entryCount == 1 << 53)
  }

  @Test("A negative size is refused", arguments: [[-1], [3, -4], [-2, -2]])
  func negativeSize(shape: [Int]) throws {
    var graph = Graph(name: "negative")
    let error = #expect(throws: GraphError.self) { try graph.parameter("a.w", shape) }
    #expect(
      error?.description
        == "parameter 'a.w' has the shape \(shape)\n  fix: give it sizes of at least 0")
    #expect(graph.entryCount == 0)
  }

  @Test("A node equals another by operator, operands and module")
  func nodeEquality() throws {
    let graph = try TinyGraph.mlp()
    #expect(graph.nodes[0] == graph.nodes[0])
    #expect(graph.nodes[0] != graph.nodes[2])
    let twin = Node(
      operation: Linear(layout: .inOut), operands: graph.nodes[0].operands,
      results: graph.nodes[0].results, module: graph.nodes[0].module)
    #expect(graph.nodes[0] != twin)
  }
}

@Suite("Shapes, elements and attributes") struct ShapeTests {
  @Test("Shapes print as lists, with names for open sizes")
  func descriptions() {
    #expect(real(batch, 3).description == "float32 [batch, 3]")
    #expect(indices().description == "index []")
    #expect(Shape([1, 2]).rank == 2)
    #expect(batch.size == nil && Dimension.size(4).size == 4)
  }

  @Test(
    "An element type knows its bytes and whether it is a real number",
    arguments: zip(
      ElementType.allCases, [(4, true), (2, true), (2, true), (4, true), (8, false), (1, false)]))
  func elements(element: ElementType, expected: (Int, Bool)) {
    #expect(element.byteCount == expected.0)
    #expect(element.isFloatingPoint == expected.1)
  }

  @Test("Attributes are an operator's settings as descriptions write them")
  func attributes() {
    func text(_ operation: any Operator) -> [String] {
      operation.attributes.map { "\($0.name)=\($0.value)" }
    }
    #expect(text(Activation(.geluTanh)) == ["function=gelu_tanh"])
    #expect(text(Linear(layout: .inOut)) == ["layout=in_out"])
    #expect(text(Positions(offset: 2, padding: 1)) == ["offset=2", "padding=1"])
    #expect(text(Positions()) == ["offset=0"])
    #expect(text(Add()) == [])
    #expect(
      text(Rotary(headSize: 4, rotarySize: 2, theta: 10, scaling: .linear(factor: 2)))
        == [
          "headSize=4", "rotarySize=2", "seriesSize=2", "theta=10.0", "scaling=linear(factor: 2.0)",
          "isInterleaved=false",
        ])
  }

  @Test("Initial values have names for the usual constants")
  func initialValues() {
    #expect(InitialValue.zeros == .constant(0) && InitialValue.ones == .constant(1))
    let basis = RandomBasis(key: 1, precedingWords: 2, distribution: .ternary(sparsity: 3))
    #expect(InitialValue.basis(basis) != .loaded)
  }
}
