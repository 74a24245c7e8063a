import Testing

@testable import ModelGraph

@Suite("Validating a graph") struct GraphValidationTests {
  @Test("Graphs built by the building calls are legal")
  func legal() throws {
    for graph in [
      Graph(name: "empty"), try TinyGraph.mlp(), try TinyGraph.transformer(),
      try TinyGraph.adapted(TinyGraph.transformer()),
    ] {
      #expect(throws: Never.self) { try graph.validate() }
    }
  }

  /// Breaks a graph and says what validation then throws.
  private func breaking(_ change: (inout Graph) throws -> Void) throws -> GraphError? {
    var graph = try TinyGraph.mlp()
    try change(&graph)
    return #expect(throws: GraphError.self) { try graph.validate() }
  }

  private func replace(
    _ node: Int, of graph: inout Graph, operation: (any Operator)? = nil,
    operands: [Value.ID]? = nil, results: [Value.ID]? = nil, module: String? = nil
  ) {
    let old = graph.nodes[node]
    graph.nodes[node] = Node(
      operation: operation ?? old.operation, operands: operands ?? old.operands,
      results: results ?? old.results, module: module ?? old.module)
  }

  @Test("A node reads only what is in the graph")
  func undefinedValue() throws {
    let error = try breaking { replace(1, of: &$0, operands: [Value.ID(index: 99)]) }
    #expect(error == .undefinedValue(node: 1, operation: "activation"))
    #expect(
      error?.description == "node 1 (activation) reads or makes a value that is not in the graph")
  }

  @Test("A node reads only what is computed before it", arguments: [0, 1])
  func usedBeforeComputed(offset: Int) throws {
    let error = try breaking { graph in
      replace(1, of: &graph, operands: graph.nodes[1 + offset].results)
    }
    #expect(error == .usedBeforeComputed(node: 1, operation: "activation"))
    #expect(error?.description == "node 1 (activation) reads a value that a later node computes")
  }

  @Test("Shapes fit")
  func shapes() throws {
    let error = try breaking { graph in
      replace(1, of: &graph, operation: MatrixProduct(), operands: [graph.inputs[0].value])
    }
    #expect(error == .shapes(node: 1, ShapeError("matmul", .operandCount(expected: "2", found: 1))))
    #expect(error?.problem == "node 1: matmul: takes 2 values, not 1")
  }

  @Test("A result has the type that the operator makes")
  func typeChanged() throws {
    let error = try breaking { graph in
      let result = graph.nodes[1].results[0]
      graph.values[result.index] = Value(
        type: real(batch, 5), source: graph.values[result.index].source)
    }
    #expect(
      error?.description
        == "node 1 (activation) is recorded as float32 [batch, 5], "
        + "but computes float32 [batch, 4]")
  }

  @Test("A node has as many results as its operator makes")
  func resultCount() throws {
    let error = try breaking { replace(1, of: &$0, results: []) }
    #expect(
      error == .resultCount(node: 1, operation: "activation", expected: 1, found: 0))
    #expect(error?.description == "node 1 (activation) makes 1 values, but 0 stand for them")
  }

  @Test("A result is a value of the graph that knows its node", arguments: [0, 99])
  func foreignResult(index: Int) throws {
    let error = try breaking { replace(1, of: &$0, results: [Value.ID(index: index)]) }
    #expect(error == .undefinedValue(node: 1, operation: "activation"))
  }

  @Test("An output is a value of the graph")
  func undefinedOutput() throws {
    let error = try breaking { $0.addOutput("z", Value.ID(index: 99)) }
    #expect(error == .undefinedOutput("z"))
    #expect(error?.description == "output 'z' is not a value of the graph")
  }

  @Test("Inputs have names of their own, and so have outputs")
  func duplicateNames() throws {
    let inputs = try breaking { _ = $0.addInput("x", type: real(1)) }
    #expect(inputs == .duplicateName("x"))
    let outputs = try breaking { $0.addOutput("y", $0.inputs[0].value) }
    #expect(outputs?.description == "two inputs or outputs are called 'y'")
  }

  @Test("A node belongs to a module of the tree")
  func unknownModule() throws {
    let error = try breaking { replace(1, of: &$0, module: "fc7") }
    #expect(
      error?.description == "a node (activation) belongs to module 'fc7', which is not in the tree")
  }
}
