/// What is recomputed in the backward pass instead of being kept: results that cost little beside the
/// products around them, of operands that are kept in any case; with checkpoints everything within a block, of
/// what the block reads.
struct Recomputation {
  /// Values that depend on inputs; nil where blocks are not recomputed. Others, made of parameters, are kept.
  private let changing: Set<Value.ID>?
  private var copies: [Value.ID: Value.ID] = [:]

  /// - Parameter recomputesBlocks: Whether a block's results are recomputed.
  init(_ graph: Graph, recomputesBlocks: Bool) {
    changing = recomputesBlocks ? graph.valuesOfInputs : nil
  }

  /// A value as the backward pass of a module's node reads it.
  mutating func value(
    _ value: Value.ID, in graph: inout Graph, for module: String
  ) throws(ShapeError) -> Value.ID {
    if let copy = copies[value] { return copy }
    guard case .node(let index, let result) = graph[value].source else { return value }
    let node = graph.nodes[index]
    guard node.operation.isRecomputed || isWithinBlock(value, of: node, module) else {
      return value
    }
    var operands: [Value.ID] = []
    for operand in node.operands {
      operands.append(try self.value(operand, in: &graph, for: module))
    }
    let results = try graph.apply(node.operation, to: operands, in: node.module)
    for (old, new) in zip(node.results, results) { copies[old] = new }
    return results[result]
  }

  /// A node's own results as its backward pass reads them.
  mutating func results(of node: Node, in graph: inout Graph) throws(ShapeError) -> [Value.ID] {
    guard changing != nil else { return node.results }
    var results: [Value.ID] = []
    for result in node.results {
      results.append(try value(result, in: &graph, for: node.module))
    }
    return results
  }

  private func isWithinBlock(_ value: Value.ID, of node: Node, _ module: String) -> Bool {
    guard let changing, changing.contains(value), let block = node.block else { return false }
    return block == Node.block(of: module)
  }
}

extension Node {
  /// The repeated block that a node is in, such as `transformer.h.3`; nil outside.
  fileprivate var block: Substring? { Self.block(of: module) }

  /// A module's path up to the first number in it.
  fileprivate static func block(of module: String) -> Substring? {
    var end = module.startIndex
    while end < module.endIndex {
      let start = end
      end = module[start...].firstIndex(of: ".") ?? module.endIndex
      if start < end, module[start..<end].allSatisfy(\.isNumber) { return module[..<end] }
      if end < module.endIndex { end = module.index(after: end) }
    }
    return nil
  }
}

extension Graph {
  /// Inputs, and all that depends on them.
  fileprivate var valuesOfInputs: Set<Value.ID> {
    var found = Set(inputs.map(\.value))
    for node in nodes where node.operands.contains(where: found.contains) {
      found.formUnion(node.results)
    }
    return found
  }
}
