/// Scaled dot-product attention of several heads.
///
/// Operands: `query [batch, s, heads · size]`, `key [batch, t, keyValueHeads · size]`,
/// `value [batch, t, keyValueHeads · valueSize]`, then, as the flags say, `mask [batch, t]` with
/// ones for keys to attend to, and `bias [1, heads, s, t]` added to the scores.
/// Result: `[batch, s, heads · valueSize]`.
package struct Attention: Operator {
  package static let name = "attention"
  package let heads: Int
  package let keyValueHeads: Int
  /// The factor on the scores.
  package let scale: Double
  /// Causal mask: whether a position attends only to itself and earlier ones.
  package let isCausal: Bool
  /// Sliding window: positions attended to, up to and including its own; all where nil. Without a causal mask
  /// there are as many on the other side.
  package let window: Int?
  /// Soft-capping: scores become `cap · tanh(score / cap)` before a bias is added.
  package let softCap: Double?
  /// ALiBi (arXiv:2108.12409): a bias that grows with a key's position, by a slope of each head's own. A mask
  /// leaves the positions of padding out.
  package let isALiBi: Bool
  /// The dropout rate on the attention weights, in training.
  package private(set) var dropout: Double
  /// Dropout's stream of random numbers; by its place in the graph where nil.
  package private(set) var stream: Int?
  package let hasMask: Bool
  package let hasBias: Bool

  package init(
    heads: Int, keyValueHeads: Int, scale: Double, isCausal: Bool, window: Int? = nil,
    softCap: Double? = nil, isALiBi: Bool = false, dropout: Double = 0, hasMask: Bool = false,
    hasBias: Bool = false
  ) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.scale = scale
    self.isCausal = isCausal
    self.window = window
    self.softCap = softCap
    self.isALiBi = isALiBi
    self.dropout = dropout
    self.hasMask = hasMask
    self.hasBias = hasBias
  }

  package var multipliedOperands: [Int] { [0, 1, 2] }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    let count = 3 + (hasMask ? 1 : 0) + (hasBias ? 1 : 0)
    try expect(operands, count: count...count)
    let (query, key, value) = (operands[0], operands[1], operands[2])
    for (type, operand) in zip(operands, ["the query", "the key", "the value"]) {
      try expectFloatingPoint(type, operand)
      try expect(type, operand, rank: 3)
    }
    if let window { try expect("the window", window, atLeast: 1) }
    _ = try quotient(heads, by: keyValueHeads, .keyValueHeads)
    let size = try quotient(width(of: query, "the query"), by: heads, .heads)
    let keySize = try quotient(width(of: key, "the key"), by: keyValueHeads, .keyValueHeads)
    let valueSize = try quotient(
      width(of: value, "the value"), by: keyValueHeads, .keyValueHeads)
    guard size == keySize else {
      throw ShapeError(name, .sizes(left: "the query", query.shape, right: "the key", key.shape))
    }
    guard key.shape.dimensions.prefix(2) == value.shape.dimensions.prefix(2) else {
      throw ShapeError(name, .sizes(left: "the key", key.shape, right: "the value", value.shape))
    }
    guard query.shape.dimensions[0] == key.shape.dimensions[0] else {
      throw ShapeError(name, .sizes(left: "the query", query.shape, right: "the key", key.shape))
    }
    try checkMaskAndBias(operands)
    let (width, overflow) = valueSize.multipliedReportingOverflow(by: heads)
    guard !overflow else { throw ShapeError(name, .overflow("the width of the result")) }
    return [ValueType(query.shape.replacingLast(with: .size(width)))]
  }

  private func checkMaskAndBias(_ operands: [ValueType]) throws(ShapeError) {
    let (query, key) = (operands[0].shape, operands[1].shape)
    if hasMask {
      let mask = operands[3]
      try expectMask(mask, "the mask")
      guard mask.shape == Shape(Array(key.dimensions.prefix(2))) else {
        throw ShapeError(name, .sizes(left: "the key", key, right: "the mask", mask.shape))
      }
    }
    if hasBias, let bias = operands.last {
      try expectFloatingPoint(bias, "the bias")
      let scores: Shape = [1, .size(heads), query.dimensions[1], key.dimensions[1]]
      guard bias.shape == scores else {
        throw ShapeError(name, .sizes(left: "the bias", bias.shape, right: "the scores", scores))
      }
    }
  }
}

extension Attention: DroppingOperator {
  package var dropoutRate: Double { dropout }

  package func dropping(rate: Double, stream: Int?) -> Attention {
    var copy = self
    copy.dropout = rate
    copy.stream = stream
    return copy
  }
}

/// T5's table of learned biases, one for each head and distance, spread over all pairs of positions.
///
/// Operands: `table [buckets, heads]`, `queries [batch, s, …]`, `keys [batch, t, …]` (only their
/// lengths count). Result: `[1, heads, s, t]`.
package struct RelativePositionBias: WeightReading {
  package static let name = "relative_position_bias"
  package let maximumDistance: Int
  package let isBidirectional: Bool

  package init(maximumDistance: Int, isBidirectional: Bool) {
    self.maximumDistance = maximumDistance
    self.isBidirectional = isBidirectional
  }

  package var weightPosition: Int { 0 }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 3...3)
    try expectFloatingPoint(operands[0], "the table")
    try expect(operands[0], "the table", rank: 2)
    try expect(operands[1], "the queries", minimumRank: 2)
    try expect(operands[2], "the keys", minimumRank: 2)
    let heads = operands[0].shape.dimensions[1]
    return [
      ValueType(
        [1, heads, operands[1].shape.dimensions[1], operands[2].shape.dimensions[1]],
        operands[0].element)
    ]
  }
}
