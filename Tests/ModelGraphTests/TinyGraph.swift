@testable import ModelGraph

/// Small graphs that tests build by hand.
enum TinyGraph {
  /// `layers` blocks of a norm, two linear layers and a residual sum, with a tied head.
  static func transformer(layers: Int = 3, width: Int = 4) throws -> Graph {
    var graph = Graph(name: "tiny")
    let tokens = graph.addInput("input_ids", type: ValueType(TinyGraph.rows, .index))
    let table = try graph.parameter("model.wte.weight", [10, width])
    graph.declareModule("model.wte", kind: .embedding)
    var x = try graph.apply(Embedding(), to: [tokens, table], in: "model.wte")[0]
    for layer in 0..<layers {
      let path = "model.h.\(layer)"
      x = try graph.addBlock(path, reading: x, width: width)
    }
    graph.declareModule("lm_head", kind: .linear)
    let tied = graph.parameter(named: "model.wte.weight")!
    try graph.share(tied, as: "weight", in: "lm_head")
    let logits = try graph.apply(Linear(), to: [x, table], in: "lm_head")[0]
    graph.addOutput("logits", logits)
    return graph
  }

  static let rows: Shape = [.symbol("batch"), .symbol("sequence")]

  /// Two linear layers with a `relu` between them.
  static func mlp() throws -> Graph {
    var graph = Graph(name: "mlp")
    let x = graph.addInput("x", type: ValueType([.symbol("batch"), 6]))
    let hidden = try graph.addLinear("fc1", reading: x, inputs: 6, outputs: 4)
    let active = try graph.apply(Activation(.relu), to: [hidden])[0]
    let y = try graph.addLinear("fc2", reading: active, inputs: 4, outputs: 2)
    graph.addOutput("y", y)
    return graph
  }

  /// A graph in which each linear layer has two trained factors and a frozen basis at the root.
  static func adapted(_ graph: Graph, rank: Int = 2) throws -> Graph {
    try graph.rewriting { node, graph in
      guard node.operation is Linear, node.module != "lm_head" else { return nil }
      let shape = graph[graph.parameter(readBy: node.operands[1])!].shape
      let a = try graph.parameter(
        "\(node.module).lora_A.default.weight", [rank, shape[1]], role: .adapter("default"))
      let b = try graph.parameter(
        "\(node.module).lora_B.default.weight", [shape[0], rank], role: .adapter("default"))
      let name = "basis_\(rank).default"
      let basis =
        try graph.parameter(named: name).flatMap { graph.value(of: $0) }
        ?? graph.parameter(name, [rank, rank], role: .frozenBasis("default"))
      let left = try graph.apply(MatrixProduct(), to: [b, basis], in: node.module)[0]
      let product = try graph.apply(MatrixProduct(), to: [left, a], in: node.module)
      let update = try graph.apply(Scale(by: 2), to: product, in: node.module)[0]
      let sum = try graph.apply(Add(), to: [node.operands[1], update], in: node.module)
      return try graph.apply(
        Linear(), to: [node.operands[0]] + sum + node.operands.dropFirst(2), in: node.module)
    }
  }
}

extension Graph {
  mutating func parameter(
    _ name: String, _ shape: [Int], role: Parameter.Role = .base
  ) throws -> Value.ID {
    try addParameter(Parameter(name: name, shape: shape, role: role))
  }

  mutating func addLinear(
    _ path: String, reading x: Value.ID, inputs: Int, outputs: Int
  ) throws -> Value.ID {
    declareModule(path, kind: .linear)
    let weight = try parameter("\(path).weight", [outputs, inputs])
    let bias = try parameter("\(path).bias", [outputs])
    return try apply(Linear(), to: [x, weight, bias], in: path)[0]
  }

  mutating func addBlock(
    _ path: String, reading x: Value.ID, width: Int
  ) throws -> Value.ID {
    declareModule("\(path).ln", kind: "LayerNorm")
    let norm = try parameter("\(path).ln.weight", [width])
    let h = try apply(LayerNorm(epsilon: 1e-5), to: [x, norm], in: "\(path).ln")[0]
    let wide = try addLinear("\(path).up", reading: h, inputs: width, outputs: 2 * width)
    let active = try apply(Activation(.geluTanh), to: [wide], in: path)[0]
    let y = try addLinear("\(path).down", reading: active, inputs: 2 * width, outputs: width)
    return try apply(Add(), to: [x, y], in: path)[0]
  }
}
