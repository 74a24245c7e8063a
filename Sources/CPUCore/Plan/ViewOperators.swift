import ModelGraph

/// An operator whose results are its operand's entries seen in another way.
protocol ViewOperator: Operator {
  /// Where each result starts within the operand, and how it lies there; nil where the entries must
  /// be moved instead: by the operator's kernel, or by copying the operand where it has none.
  func views(of operand: Layout, as shapes: [[Int]]) -> [(start: Int, layout: Layout)]?
}

extension Reshape: ViewOperator, CommonOperator {
  func views(of operand: Layout, as shapes: [[Int]]) -> [(start: Int, layout: Layout)]? {
    operand.isContiguous ? [(0, Layout(shapes[0]))] : nil
  }
}

extension Flatten: ViewOperator {
  func views(of operand: Layout, as shapes: [[Int]]) -> [(start: Int, layout: Layout)]? {
    operand.isContiguous ? [(0, Layout(shapes[0]))] : nil
  }
}

extension Unflatten: ViewOperator {
  func views(of operand: Layout, as shapes: [[Int]]) -> [(start: Int, layout: Layout)]? {
    operand.isContiguous ? [(0, Layout(shapes[0]))] : nil
  }
}

extension StopGradient: ViewOperator {
  func views(of operand: Layout, as shapes: [[Int]]) -> [(start: Int, layout: Layout)]? {
    [(0, operand)]
  }
}

/// Outside training nothing is dropped.
extension Dropout: ViewOperator, AbsorbedOperator {
  var absorption: Absorption? { .entrywise([]) }

  func views(of operand: Layout, as shapes: [[Int]]) -> [(start: Int, layout: Layout)]? {
    [(0, operand)]
  }
}

extension Split: ViewOperator {
  func views(of operand: Layout, as shapes: [[Int]]) -> [(start: Int, layout: Layout)]? {
    guard groups == 1 else { return nil }
    var start = 0
    return shapes.map { shape in
      defer { start += shape.last ?? 0 }
      return (start, Layout(shape, stride: operand.stride))
    }
  }
}

extension Slice: ViewOperator {
  func views(of operand: Layout, as shapes: [[Int]]) -> [(start: Int, layout: Layout)]? {
    if axis == operand.shape.count - 1 {
      return [(start, Layout(shapes[0], stride: operand.stride))]
    }
    // The leading part along the first axis, or along one behind axes of size 1, is a run of rows.
    guard operand.shape[..<axis].allSatisfy({ $0 == 1 }) else { return nil }
    let rows = operand.shape[(axis + 1)...].dropLast().reduce(1, *)
    return [(start * rows * operand.stride, Layout(shapes[0], stride: operand.stride))]
  }
}
