/// One position of every row.
///
/// Operands: `x [batch, sequence, width]`, and what its position depends on: the `tokens [batch, sequence]`, the
/// attention's `mask [batch, sequence]`, or the `places [batch]` where they are given.
/// Result: `[batch, width]`, or `[batch, 1, width]`.
package struct TakeToken: Operator {
  package static let name = "take_token"

  package enum Position: Hashable, Sendable {
    /// The same index in every row; 0 is the first.
    case at(Int)
    /// The first token of that value; the first of all where a row has none.
    case first(of: Int)
    /// The largest token: how CLIP's first checkpoints mark the end of the text.
    case largest
    /// The last token of another value; the first of all where a row has none.
    case last(besides: Int)
    /// The last position that a mask has; the first of all where it has none.
    case lastInMask
    /// One for each row, by an operand.
    case given
  }

  package let position: Position
  /// Whether the result has an axis of positions still, of size 1.
  package let keepsAxis: Bool

  package init(_ position: Position, keepsAxis: Bool = false) {
    self.position = position
    self.keepsAxis = keepsAxis
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    let count = if case .at = position { 1 } else { 2 }
    try expect(operands, count: count...count)
    try expect(operands[0], "the input", rank: 3)
    let axes = operands[0].shape.dimensions
    if case .at(let index) = position {
      try expect("the position", index, atLeast: 0)
      if let length = axes[1].size { try expect("the position", index, atMost: length - 1) }
    } else {
      if position == .lastInMask {
        try expectMask(operands[1], "the mask")
      } else {
        try expectIndices(operands[1], "the tokens")
      }
      guard operands[1].shape.dimensions == Array(axes.prefix(position == .given ? 1 : 2)) else {
        throw ShapeError(
          name,
          .sizes(
            left: "the input", operands[0].shape, right: "the tokens", operands[1].shape))
      }
    }
    let kept = keepsAxis ? [axes[0], 1, axes[2]] : [axes[0], axes[2]]
    return [ValueType(Shape(kept), operands[0].element)]
  }
}
