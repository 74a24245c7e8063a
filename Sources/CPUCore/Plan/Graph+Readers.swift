import ModelGraph

extension Graph {
  /// The nodes that read each value, in their order; one that reads it twice is there twice.
  var readers: [Value.ID: [Node]] {
    var readers: [Value.ID: [Node]] = [:]
    for node in nodes {
      for operand in node.operands { readers[operand, default: []].append(node) }
    }
    return readers
  }
}
