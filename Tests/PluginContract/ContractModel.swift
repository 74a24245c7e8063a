public import TunerKit

/// A small model to try a tuner on: every kind of weight there is, at sizes that are easy to confuse
/// only by mistake.
public struct ContractModel: Sendable {
  public let graph: Graph

  /// The modules with a weight of one of the kinds, in registration order.
  public func targets(_ kinds: [Graph.Module.Kind]) -> [String] {
    graph.modules.modules.filter { kinds.contains($0.kind) }.map(\.path)
  }

  /// All of them.
  public static func all() throws -> [ContractModel] {
    [try perceptron(), try transposed(), try language(), try image()]
  }

  /// A graph with a module `layer` of a kind and a weight of those sizes, which nothing reads; nil for a
  /// kind whose weight has more axes.
  static func layer(_ kind: Module.Kind, weight sizes: [Int]) -> Graph? {
    guard kind != .conv2D else { return nil }
    var graph = Graph(name: "layer")
    graph.declareModule("layer", kind: kind)
    guard (try? graph.addParameter(Parameter(name: "layer.weight", shape: sizes))) != nil else {
      return nil
    }
    return graph
  }

  /// Linear layers that widen, narrow and keep the width; `again` is used twice.
  static func perceptron() throws -> ContractModel {
    var builder = Builder("perceptron")
    var x = builder.graph.addInput("x", type: ValueType([.symbol("batch"), 5]))
    x = try builder.linear("layers.0.up", x, 5, 9)
    x = try builder.linear("layers.0.down", x, 9, 6, hasBias: false)
    x = try builder.linear("layers.1.again", x, 6, 6)
    x = try builder.linear("layers.1.again", x, 6, 6)
    x = try builder.linear("head", x, 6, 1)
    return builder.model(x)
  }

  /// Conv1D layers, which store their weights `[in, out]`, beside a linear one.
  static func transposed() throws -> ContractModel {
    var builder = Builder("transposed")
    var x = builder.graph.addInput("x", type: ValueType([.symbol("batch"), 4]))
    x = try builder.linear("h.0.attn", x, 4, 12, layout: .inOut)
    x = try builder.linear("h.0.proj", x, 12, 4, layout: .inOut)
    x = try builder.linear("h.1.attn", x, 4, 4, layout: .inOut)
    x = try builder.linear("head", x, 4, 3)
    return builder.model(x)
  }

  /// An embedding, and a head that shares its weight.
  static func language() throws -> ContractModel {
    var builder = Builder("language")
    let type = ValueType([.symbol("batch"), .symbol("sequence")], .index)
    let tokens = builder.graph.addInput("tokens", type: type)
    builder.graph.declareModule("embed", kind: .embedding)
    let weight = try builder.weight("embed.weight", [11, 6])
    var x = try builder.graph.apply(Embedding(), to: [tokens, weight], in: "embed")[0]
    x = try builder.linear("layers.0.mix", x, 6, 6)
    builder.graph.declareModule("head", kind: .linear)
    if let shared = builder.graph.parameter(named: "embed.weight") {
      try builder.graph.share(shared, as: "weight", in: "head")
    }
    x = try builder.graph.apply(Linear(), to: [x, weight], in: "head")[0]
    return builder.model(x)
  }

  /// A convolution with a kernel that is not square.
  static func image() throws -> ContractModel {
    var builder = Builder("image")
    let pixels = builder.graph.addInput("pixels", type: ValueType([.symbol("batch"), 3, 6, 6]))
    builder.graph.declareModule("patches", kind: .conv2D)
    let weight = try builder.weight("patches.weight", [7, 3, 2, 3])
    let bias = try builder.weight("patches.bias", [7])
    var x = try builder.graph.apply(
      Convolution2D(stride: 1), to: [pixels, weight, bias], in: "patches")[0]
    x = try builder.graph.apply(Patches(), to: [x])[0]
    x = try builder.linear("head", x, 7, 2)
    return builder.model(x)
  }
}

private struct Builder {
  var graph: Graph

  init(_ name: String) { graph = Graph(name: name) }

  mutating func weight(_ name: String, _ shape: [Int]) throws -> Value.ID {
    if let known = graph.parameter(named: name), let value = graph.value(of: known) { return value }
    return try graph.addParameter(Parameter(name: name, shape: shape))
  }

  mutating func linear(
    _ path: String, _ x: Value.ID, _ inputs: Int, _ outputs: Int, hasBias: Bool = true,
    layout: Linear.Layout = .outIn
  ) throws -> Value.ID {
    graph.declareModule(path, kind: layout == .outIn ? .linear : .conv1D)
    let shape = layout == .outIn ? [outputs, inputs] : [inputs, outputs]
    var operands = [x, try weight("\(path).weight", shape)]
    if hasBias { operands.append(try weight("\(path).bias", [outputs])) }
    return try graph.apply(Linear(layout: layout), to: operands, in: path)[0]
  }

  mutating func model(_ result: Value.ID) -> ContractModel {
    graph.addOutput("logits", result)
    return ContractModel(graph: graph)
  }
}
