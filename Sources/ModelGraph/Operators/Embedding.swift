/// Rows of a table, one for each index.
///
/// Operands: `indices [...]`, `weight [count, size]`. Result: `[..., size]`.
///
/// The row of `padding` is not trained, as PyTorch's `padding_idx` has it: a weight takes no gradient
/// there. In one that is computed, with an adapter's update, that is for its parts to say.
package struct Embedding: WeightedOperator {
  package static let name = "embedding"
  package let padding: Int?

  package init(padding: Int? = nil) { self.padding = padding }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    try expectIndices(operands[0], "the input")
    try expectFloatingPoint(operands[1], "the weight")
    try expect(operands[1], "the weight", rank: 2)
    let (count, size) = (operands[1].shape.dimensions[0], operands[1].shape.dimensions[1])
    if let padding, let count = count.size, !(0..<count ~= padding) {
      throw ShapeError(name, .noRow(padding, count: count))
    }
    return [ValueType(Shape(operands[0].shape.dimensions + [size]), operands[1].element)]
  }
}

/// The position of everything in its row, as indices: 0, 1, 2, … plus `offset`.
///
/// Operands: `tokens [batch, sequence]` or `features [batch, sequence, width]`, and perhaps a mask
/// `[batch, sequence]`. Result: indices `[batch, sequence]`.
///
/// With `padding`, tokens of that value are not counted and get `padding` itself as their position
/// (RoBERTa). With a mask, only positions where it is one are counted, and the others get
/// `offset − 1` (OPT).
package struct Positions: Operator {
  package static let name = "positions"
  package let offset: Int
  package let padding: Int?

  package init(offset: Int = 0, padding: Int? = nil) {
    self.offset = offset
    self.padding = padding
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...2)
    let x = operands[0]
    try expect(x, "the input", minimumRank: 2)
    if padding != nil { try expectIndices(x, "the input") }
    let places = Shape(Array(x.shape.dimensions.prefix(2)))
    if operands.count == 2 { try expectMask(operands[1], "the mask") }
    if operands.count == 2, operands[1].shape != places {
      throw ShapeError(
        name, .sizes(left: "the input", x.shape, right: "the mask", operands[1].shape))
    }
    return [ValueType(places, .index)]
  }
}
