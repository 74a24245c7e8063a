import ModelGraph

/// The numbers that matrices are multiplied in. Everything else, sums of products among it, is computed in 32
/// bits.
public enum Precision: String, Hashable, Sendable, CaseIterable {
  /// 32-bit floats.
  case f32
  /// The factors of dense products and of attention are rounded to bfloat16.
  case bf16

  /// What the user should know about it on this processor, in this build.
  public var warnings: [String] {
    guard self == .bf16, let obstacle = Products.obstacleToHalves else { return [] }
    return [
      "\(obstacle): they are computed from rounded factors in 32 bits, which takes longer than "
        + "precision f32"
    ]
  }
}

extension Graph {
  /// This graph with the factors of its products rounded to bfloat16, each once, where it is made.
  ///
  /// What products alone read is kept in 16 bits then, also for the backward pass, and so is what layers make
  /// that only kernels of rows read, and more than once.
  /// - Parameter isTraining: Whether dropout is active.
  func roundingFactors(isTraining: Bool) throws -> Graph {
    let kept = layerResultsReadByRows
    let wanted = valuesReadByProducts(isTraining: isTraining).union(kept)
    var keptHalves: [Value.ID: Value.ID] = [:]
    var rounded: [Value.ID: Value.ID] = [:]
    func half(_ value: Value.ID, in graph: inout Graph, _ module: String) throws -> Value.ID {
      if let known = rounded[value] { return known }
      if graph.isCacheOfHalves(value) { return value }
      // Signs are exact in any type.
      if let id = graph.parameter(readBy: value), [.bfloat16, .ternary].contains(graph[id].element)
      {
        return value
      }
      let half = try graph.apply(Convert(to: .bfloat16), to: [value], in: module)[0]
      rounded[value] = half
      return half
    }
    return try rewriting { node, graph in
      var operands = node.operands
      for position in node.operation.multipliedOperands {
        operands[position] = try half(operands[position], in: &graph, node.module)
      }
      operands = operands.map { keptHalves[$0] ?? $0 }
      let results = try graph.apply(node.operation, to: operands, in: node.module)
      guard node.results.contains(where: wanted.contains) else { return results }
      if node.isView(isTraining: isTraining) {
        operands[0] = try half(operands[0], in: &graph, node.module)
        let halves = try graph.apply(node.operation, to: operands, in: node.module)
        for (result, half) in zip(results, halves) { rounded[result] = half }
      } else {
        for (old, result) in zip(node.results, results) where wanted.contains(old) {
          let half = try half(result, in: &graph, node.module)
          if kept.contains(old) { keptHalves[result] = half }
        }
      }
      return results
    }
  }

  /// Results of layers that are kept until kernels of rows have read them again.
  private var layerResultsReadByRows: Set<Value.ID> {
    let readers = readers
    let outputs = Set(outputs.map(\.value))
    var results: Set<Value.ID> = []
    for node in nodes {
      let isSum = node.operation is Add && node.operands.allSatisfy(results.contains)
      if isSum || node.operation is Linear { results.insert(node.results[0]) }
    }
    return Set(
      results.filter { result in
        let own = readers[result] ?? []
        return own.count > 1 && own.allSatisfy { $0.operation is any RowKernel }
          && !outputs.contains(result)
      })
  }

  /// The factors of products, and what they are views of.
  private func valuesReadByProducts(isTraining: Bool) -> Set<Value.ID> {
    var wanted: Set<Value.ID> = []
    for node in nodes.reversed() {
      wanted.formUnion(node.operation.multipliedOperands.map { node.operands[$0] })
      if node.isView(isTraining: isTraining), node.results.contains(where: wanted.contains) {
        wanted.insert(node.operands[0])
      }
    }
    return wanted
  }
}

extension Graph {
  /// Whether a value is keys or values that are kept in bfloat16.
  fileprivate func isCacheOfHalves(_ value: Value.ID) -> Bool {
    guard case .node(let index, _) = self[value].source else { return false }
    return (nodes[index].operation as? AppendToCache)?.element == .bfloat16
  }
}

extension Node {
  /// Whether the results are the first operand's entries, seen in another way.
  fileprivate func isView(isTraining: Bool) -> Bool {
    guard operation is any ViewOperator else { return false }
    let rate = (operation as? any DroppingOperator)?.dropoutRate ?? 0
    return !isTraining || rate == 0
  }
}
