/// What is recomputed in the backward pass instead of being kept: results that cost little beside the
/// products around them, of operands that are kept in any case.
struct Recomputation {
  private var copies: [Value.ID: Value.ID] = [:]

  /// A value to read in the backward pass.
  mutating func value(
    _ value: Value.ID, in graph: inout Graph
  ) throws(ShapeError) -> Value.ID {
    if let copy = copies[value] { return copy }
    guard case .node(let index, let result) = graph[value].source,
      graph.nodes[index].operation.isRecomputed
    else { return value }
    let node = graph.nodes[index]
    var operands: [Value.ID] = []
    for operand in node.operands { operands.append(try self.value(operand, in: &graph)) }
    let results = try graph.apply(node.operation, to: operands, in: node.module)
    for (old, new) in zip(node.results, results) { copies[old] = new }
    return results[result]
  }
}
