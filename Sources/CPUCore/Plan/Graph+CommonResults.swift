import ModelGraph

extension Graph {
  /// This graph in which what follows from parameters alone is computed once, however many modules
  /// need it: the slices that layers take of shared bases.
  func sharingCommonResults() throws -> Graph {
    struct Key: Hashable {
      let operation: AnyHashable
      let operands: [Value.ID]
    }
    var known: [Key: [Value.ID]] = [:]
    var fixed: Set<Value.ID> = []
    return try rewriting { node, graph in
      guard
        node.operation is any CommonOperator,
        node.operands.allSatisfy({ fixed.contains($0) || graph.parameter(readBy: $0) != nil })
      else { return nil }
      let key = Key(operation: AnyHashable(node.operation), operands: node.operands)
      if let results = known[key] { return results }
      let results = try graph.apply(node.operation, to: node.operands, in: node.module)
      known[key] = results
      fixed.formUnion(results)
      return results
    }
  }
}

/// An operator that layers apply to parameters that they share, and whose results are worth keeping
/// for all of them. The results of others are computed for each.
protocol CommonOperator: Operator {}
