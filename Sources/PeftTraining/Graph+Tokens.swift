import ModelGraph

extension Graph {
  /// The rows of the table that reads an input directly: the vocabulary of tokens.
  func vocabulary(of input: String) -> Int? {
    guard let value = inputs.first(where: { $0.name == input })?.value else { return nil }
    return nodes.lazy.filter { $0.operation is Embedding && $0.operands.first == value }
      .compactMap { self[$0.operands[1]].type.shape.dimensions.first?.size }.min()
  }

  /// The longest sequence that the model has positions for; nil where any length will do.
  var positionLimit: Int? {
    nodes.lazy.compactMap { node -> Int? in
      guard node.operation is Embedding, case .node(let index, _) = self[node.operands[0]].source,
        let positions = nodes[index].operation as? Positions,
        let rows = self[node.operands[1]].type.shape.dimensions.first?.size
      else { return nil }
      return rows - positions.offset
    }.min()
  }
}
