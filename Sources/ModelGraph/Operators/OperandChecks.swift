/// Checks that several operators' shape rules share; each failure names the operand.
extension Operator {
  func expect(_ operands: [ValueType], count: ClosedRange<Int>) throws(ShapeError) {
    guard count.contains(operands.count) else {
      let expected =
        count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
      throw ShapeError(name, .operandCount(expected: expected, found: operands.count))
    }
  }

  func expect(_ type: ValueType, _ operand: String, rank: Int) throws(ShapeError) {
    guard type.shape.rank == rank else {
      throw ShapeError(name, .rank(operand: operand, expected: axes(rank), found: type.shape))
    }
  }

  func expect(_ type: ValueType, _ operand: String, minimumRank: Int) throws(ShapeError) {
    guard type.shape.rank >= minimumRank else {
      throw ShapeError(
        name,
        .rank(operand: operand, expected: "at least \(axes(minimumRank))", found: type.shape))
    }
  }

  private func axes(_ count: Int) -> String { count == 1 ? "1 axis" : "\(count) axes" }

  func expect(_ type: ValueType, _ operand: String, width: Dimension) throws(ShapeError) {
    guard type.shape.last == width else {
      throw ShapeError(name, .width(operand: operand, expected: width, found: type.shape))
    }
  }

  func expectFloatingPoint(_ type: ValueType, _ operand: String) throws(ShapeError) {
    guard type.element.isFloatingPoint else {
      throw ShapeError(
        name, .element(operand: operand, expected: "real numbers", found: type.element))
    }
  }

  func expectIndices(_ type: ValueType, _ operand: String) throws(ShapeError) {
    guard type.element == .index else {
      throw ShapeError(name, .element(operand: operand, expected: "indices", found: type.element))
    }
  }

  func expectMask(_ type: ValueType, _ operand: String) throws(ShapeError) {
    guard type.element == .mask else {
      throw ShapeError(name, .element(operand: operand, expected: "a mask", found: type.element))
    }
  }

  func expect(_ what: String, _ number: Int, atLeast minimum: Int) throws(ShapeError) {
    guard number >= minimum else {
      throw ShapeError(name, .tooSmall(what, number, minimum: minimum))
    }
  }

  func expect(_ what: String, _ number: Int, atMost maximum: Int) throws(ShapeError) {
    guard number <= maximum else {
      throw ShapeError(name, .tooLarge(what, number, maximum: maximum))
    }
  }

  /// The last axis, which must be a known size.
  func width(of type: ValueType, _ operand: String) throws(ShapeError) -> Int {
    try expect(type, operand, minimumRank: 1)
    guard let width = type.shape.last?.size else {
      throw ShapeError(name, .unknownSize(operand: operand, type.shape))
    }
    return width
  }

  /// The quotient of a width and what must divide it.
  func quotient(
    _ size: Int, by divisor: Int, _ what: ShapeError.Divisor
  ) throws(ShapeError) -> Int {
    guard divisor > 0, size % divisor == 0 else {
      throw ShapeError(name, .indivisible(size: size, divisor: divisor, what: what))
    }
    return size / divisor
  }

  /// The shape both broadcast to: equal axes, or one of them 1 or absent. Nil where they do not fit.
  func broadcast(_ left: Shape, _ right: Shape) -> Shape? {
    let (long, short) = left.rank >= right.rank ? (left, right) : (right, left)
    var result = long.dimensions
    let offset = long.rank - short.rank
    for (index, dimension) in short.dimensions.enumerated() {
      let other = result[offset + index]
      if other == dimension || dimension == 1 { continue }
      guard other == 1 else { return nil }
      result[offset + index] = dimension
    }
    return Shape(result)
  }
}
