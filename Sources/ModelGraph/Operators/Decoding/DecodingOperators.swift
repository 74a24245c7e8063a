/// An operator that only decoding is made of: it knows that the tokens it gets follow others, which were there in an
/// earlier run. It has no gradient.
package protocol DecodingOperator: GradientOperator {}

/// An operator that depends on the places of tokens in their row.
package protocol PlacedOperator: Operator {
  /// The same for tokens that follow others. It reads one operand more, the last one: `starts [batch]`, the places of
  /// each row's first token.
  /// - Parameter length: Places that a row has.
  func placed(in length: Int) -> any DecodingOperator
}

/// Keys or values of all of a row's tokens: those of new tokens are written behind the earlier ones.
///
/// Operands: `cache [batch, length, width]`, which is changed in place; `new [batch, sequence, width]`; `starts
/// [batch]`. Result: the cache.
package struct AppendToCache: DecodingOperator {
  package static let name = "append_to_cache"
  /// What the cache holds.
  package let element: ElementType

  package init(_ element: ElementType = .float32) { self.element = element }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 3...3)
    let (cache, new) = (operands[0].shape, operands[1].shape)
    try expect(operands[0], "the cache", rank: 3)
    try expect(operands[1], "the new tokens", rank: 3)
    guard cache.dimensions[0] == new.dimensions[0], cache.last == new.last else {
      throw ShapeError(name, .sizes(left: "the cache", cache, right: "the new tokens", new))
    }
    try expectStarts(operands[2], of: operands[1])
    return [ValueType(cache, element)]
  }
}

/// Causal attention of new tokens to those before them and to themselves.
///
/// Operands: those of ``Attention`` without a mask, where keys and values are whole caches `[batch, length, …]`, and a
/// bias is one for all places; then `starts [batch]`.
package struct CachedAttention: DecodingOperator {
  package static let name = "cached_attention"
  package let attention: Attention

  package init(_ attention: Attention) { self.attention = attention }

  package var multipliedOperands: [Int] { attention.multipliedOperands }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    let results = try attention.results(of: operands.dropLast())
    try expectStarts(operands[operands.count - 1], of: operands[0])
    return results
  }
}

extension Attention: PlacedOperator {
  package func placed(in length: Int) -> any DecodingOperator {
    CachedAttention(
      Attention(
        heads: heads, keyValueHeads: keyValueHeads, scale: scale, isCausal: true, window: window,
        softCap: softCap, isALiBi: isALiBi, hasBias: hasBias))
  }
}

/// Rotary position embedding of tokens that follow others.
package struct PlacedRotary: DecodingOperator {
  package static let name = "placed_rotary"
  package let rotary: Rotary
  /// Places that a row has.
  package let length: Int

  package init(_ rotary: Rotary, length: Int) {
    self.rotary = rotary
    self.length = length
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    try expectStarts(operands[1], of: operands[0])
    return try rotary.results(of: [operands[0]])
  }
}

extension Rotary: PlacedOperator {
  package func placed(in length: Int) -> any DecodingOperator {
    PlacedRotary(self, length: length)
  }
}

/// The places of tokens that follow others, as indices.
///
/// Operands: `tokens [batch, sequence, …]`, `starts [batch]`. Result: indices `[batch, sequence]`.
package struct PlacedPositions: DecodingOperator {
  package static let name = "placed_positions"
  package let offset: Int

  package init(offset: Int = 0) { self.offset = offset }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...2)
    try expectStarts(operands[1], of: operands[0])
    return [ValueType(Shape(Array(operands[0].shape.dimensions.prefix(2))), .index)]
  }
}

extension Positions: PlacedOperator {
  package func placed(in length: Int) -> any DecodingOperator { PlacedPositions(offset: offset) }
}

/// T5's biases for queries that follow others, and keys at all places. All rows start where the first one does.
///
/// Operands: `table [buckets, heads]`, `queries [batch, sequence, …]`, `starts [batch]`. Result: `[1, heads, sequence,
/// length]`.
package struct PlacedPositionBias: DecodingOperator {
  package static let name = "placed_position_bias"
  package let bias: RelativePositionBias
  /// Places that a row has.
  package let length: Int

  package init(_ bias: RelativePositionBias, length: Int) {
    self.bias = bias
    self.length = length
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 3...3)
    try expectFloatingPoint(operands[0], "the table")
    try expect(operands[0], "the table", rank: 2)
    try expectStarts(operands[2], of: operands[1])
    let shape: Shape = [
      1, operands[0].shape.dimensions[1], operands[1].shape.dimensions[1], .size(length),
    ]
    return [ValueType(shape, operands[0].element)]
  }
}

extension RelativePositionBias: PlacedOperator {
  package func placed(in length: Int) -> any DecodingOperator {
    PlacedPositionBias(self, length: length)
  }
}

extension Operator {
  fileprivate func expectStarts(
    _ starts: ValueType, of tokens: ValueType
  ) throws(ShapeError) {
    try expectIndices(starts, "the starts")
    try expect(tokens, "the new tokens", minimumRank: 2)
    guard starts.shape.dimensions == [tokens.shape.dimensions[0]] else {
      throw ShapeError(
        name, .sizes(left: "the new tokens", tokens.shape, right: "the starts", starts.shape))
    }
  }
}
