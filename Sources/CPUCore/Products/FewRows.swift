import CKernels

/// Products of few rows with a matrix: of one token's features with a weight, of a query with its keys. They take as
/// long as the matrix takes to be read, and libraries read it more than once, to bring it into an order of their own.
extension Multiplication {
  /// Rows up to which a matrix is read as it lies there.
  static let fewRows = 4

  /// Whether this is such a product, which `multiplyFewRows` computes.
  var hasFewRows: Bool {
    rows <= Self.fewRows && !a.isTransposed
      && [.float32, .bfloat16].contains(a.element) && [.float32, .bfloat16].contains(b.element)
  }

  /// - Parameter space: Room for the rows in 32 bits.
  func multiplyFewRows(in space: ProductSpace) {
    guard a.element == .bfloat16 else {
      multiplyFewRows(a.start.assumingMemoryBound(to: Float.self), stride: a.stride)
      return
    }
    space.with(rows * depth) { start in
      let source = a.start.assumingMemoryBound(to: UInt16.self)
      for row in 0..<rows { ck_widen_bf16(depth, source + row * a.stride, start + row * depth) }
      multiplyFewRows(start, stride: depth)
    }
  }

  private func multiplyFewRows(_ x: UnsafePointer<Float>, stride xs: Int) {
    let isAdding: CInt = adding ? 1 : 0
    switch (b.element, b.isTransposed) {
    case (.bfloat16, true):
      ck_row_dots_bf16(
        rows, columns, depth, scale, x, xs, b.start.assumingMemoryBound(to: UInt16.self), b.stride,
        isAdding, result, stride)
    case (.bfloat16, false):
      ck_row_sums_bf16(
        rows, depth, columns, scale, x, xs, b.start.assumingMemoryBound(to: UInt16.self), b.stride,
        isAdding, result, stride)
    case (_, true):
      ck_row_dots(
        rows, columns, depth, scale, x, xs, b.start.assumingMemoryBound(to: Float.self), b.stride,
        isAdding, result, stride)
    case (_, false):
      ck_row_sums(
        rows, depth, columns, scale, x, xs, b.start.assumingMemoryBound(to: Float.self), b.stride,
        isAdding, result, stride)
    }
  }
}
