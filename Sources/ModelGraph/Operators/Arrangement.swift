import PeftBasics

/// The same entries under another shape.
package struct Reshape: Operator {
  package static let name = "reshape"
  package let shape: [Int]
  package init(_ shape: [Int]) { self.shape = shape }

  package var isRecomputed: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    let sizes = operands[0].shape.dimensions.compactMap(\.size)
    guard sizes.count == operands[0].shape.rank else {
      throw ShapeError(name, .unknownSize(operand: "the input", operands[0].shape))
    }
    for size in shape { try expect("each size", size, atLeast: 0) }
    let counts: (found: Int, needed: Int)
    do { counts = (try sizes.checkedProduct(), try shape.checkedProduct()) } catch {
      throw ShapeError(name, .overflow(error.subject))
    }
    guard counts.found == counts.needed else {
      throw ShapeError(
        name, .sizes(left: "the input", operands[0].shape, right: "the shape", Shape(shape)))
    }
    return [ValueType(Shape(shape), operands[0].element)]
  }
}

/// The axes in another order: result axis `i` is operand axis `order[i]`.
package struct Permute: UndescribedOperator {
  package static let name = "permute"
  package let order: [Int]
  package init(_ order: [Int]) { self.order = order }

  package var isRecomputed: Bool { true }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    let axes = operands[0].shape.dimensions
    guard order.sorted() == Array(axes.indices) else {
      throw ShapeError(name, .order(order, of: operands[0].shape))
    }
    return [ValueType(Shape(order.map { axes[$0] }), operands[0].element)]
  }
}

/// The entries from `start` to before `end` along one axis.
package struct Slice: UndescribedOperator {
  package static let name = "slice"
  package let axis: Int
  package let start: Int
  package let end: Int

  package init(axis: Int, _ range: Range<Int>) {
    self.axis = axis
    start = range.lowerBound
    end = range.upperBound
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    var axes = operands[0].shape.dimensions
    guard axes.indices.contains(axis) else {
      throw ShapeError(name, .axis(axis, of: operands[0].shape))
    }
    guard 0 <= start, start <= end, end <= axes[axis].size ?? .max else {
      throw ShapeError(name, .range(start..<max(start, end), of: operands[0].shape, axis: axis))
    }
    axes[axis] = .size(end - start)
    return [ValueType(Shape(axes), operands[0].element)]
  }
}

/// Parts of the last axis, of the given sizes, as separate results.
///
/// With `groups` the axis is that many equal runs, each cut the same way (GPT-NeoX keeps a head's
/// query, key and value side by side).
package struct Split: Operator {
  package static let name = "split"
  package let sizes: [Int]
  package let groups: Int

  package init(sizes: [Int], groups: Int = 1) {
    self.sizes = sizes
    self.groups = groups
  }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    let x = operands[0]
    let width = try width(of: x, "the input")
    for size in sizes {
      try expect("each part", size, atLeast: 1)
      _ = try quotient(size, by: groups, .groups)
    }
    let total: Int
    do { total = try sizes.checkedSum(of: "the sum of the parts") } catch {
      throw ShapeError(name, .overflow(error.subject))
    }
    guard total == width else {
      throw ShapeError(name, .width(operand: "the input", expected: .size(total), found: x.shape))
    }
    return sizes.map { ValueType(x.shape.replacingLast(with: .size($0)), x.element) }
  }
}

/// Values one after another along an axis. Other axes must agree, or be 1 and broadcast.
package struct Concatenate: Operator {
  package static let name = "concatenate"
  package let axis: Int
  package init(axis: Int) { self.axis = axis }

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 2...64)
    var result = operands[0].shape.dimensions
    guard result.indices.contains(axis) else {
      throw ShapeError(name, .axis(axis, of: operands[0].shape))
    }
    for (number, operand) in operands.enumerated().dropFirst() {
      let mismatch = ShapeError(
        name,
        .sizes(left: "value 1", operands[0].shape, right: "value \(number + 1)", operand.shape))
      guard operand.shape.rank == result.count else { throw mismatch }
      guard operand.element == operands[0].element else {
        throw ShapeError(
          name,
          .element(
            operand: "value \(number + 1)", expected: "\(operands[0].element) as value 1",
            found: operand.element))
      }
      for (index, dimension) in operand.shape.dimensions.enumerated() {
        if index == axis {
          guard let a = result[index].size, let b = dimension.size else { throw mismatch }
          let (sum, overflow) = a.addingReportingOverflow(b)
          guard !overflow else { throw ShapeError(name, .overflow("axis \(axis)")) }
          result[index] = .size(sum)
        } else if result[index] == 1 {
          result[index] = dimension
        } else if dimension != 1, dimension != result[index] {
          throw mismatch
        }
      }
    }
    return [ValueType(Shape(result), operands[0].element)]
  }
}
