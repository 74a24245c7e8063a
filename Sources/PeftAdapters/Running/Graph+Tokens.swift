import ModelGraph

extension Graph {
  /// The rows of the table that reads an input directly: the vocabulary of tokens.
  package func vocabulary(of input: String) -> Int? {
    guard let value = inputs.first(where: { $0.name == input })?.value else { return nil }
    return nodes.lazy.filter { $0.operation is Embedding && $0.operands.first == value }
      .compactMap { self[$0.operands[1]].type.shape.dimensions.first?.size }.min()
  }

  /// The token that the model itself takes for padding, whatever the attention's mask says: where it counts
  /// positions by it, or looks for a text's last token.
  package var paddingToken: Int? {
    nodes.lazy.compactMap { node -> Int? in
      switch node.operation {
      case let positions as Positions: return positions.padding
      case let take as TakeToken:
        guard case .last(let padding) = take.position, padding >= 0 else { return nil }
        return padding
      default: return nil
      }
    }.first
  }

  /// Whether all rows must be as long as the longest may be: the model reads tokens of one length alone, or
  /// some position after the first, which a shorter row might not have.
  package var needsFullLength: Bool {
    let isFixed = inputs.contains { input in
      let type = self[input.value].type
      let axes = type.shape.dimensions
      return [.index, .mask].contains(type.element) && axes.count == 2 && axes[1].size != nil
    }
    return isFixed
      || nodes.contains { node in
        if case .at(let place)? = (node.operation as? TakeToken)?.position {
          place > 0
        } else {
          false
        }
      }
  }

  /// The longest sequence that the model has positions for; nil where any length will do.
  package var positionLimit: Int? {
    nodes.lazy.compactMap { node -> Int? in
      guard node.operation is Embedding, case .node(let index, _) = self[node.operands[0]].source,
        let positions = nodes[index].operation as? Positions,
        let rows = self[node.operands[1]].type.shape.dimensions.first?.size
      else { return nil }
      return rows - positions.offset
    }.min()
  }
}
