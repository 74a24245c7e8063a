import CKernels

/// Memory that a thread keeps from one product to the next: as much as the largest of them took.
final class ProductSpace {
  private var floats: [Float] = []

  /// Gives `body` room for `count` floats. What asks for more within it gets other memory.
  func with(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    var own: [Float] = []
    swap(&own, &floats)
    if own.count < count { own = [Float](repeating: 0, count: count) }
    own.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { body(start) } }
    swap(&own, &floats)
  }
}

extension Multiplication {
  /// Gives `body` a product of bfloat16 as one of 32-bit floats.
  func widened(in space: ProductSpace, _ body: (Multiplication) -> Void) {
    let count = rows * depth
    space.with(count + depth * columns) { start in
      var product = self
      product.a = a.widened(rows: rows, columns: depth, into: start)
      product.b = b.widened(rows: depth, columns: columns, into: start + count)
      body(product)
    }
  }
}

extension MatrixFactor {
  fileprivate func widened(
    rows: Int, columns: Int, into space: UnsafeMutablePointer<Float>
  ) -> MatrixFactor {
    let (rows, columns) = isTransposed ? (columns, rows) : (rows, columns)
    let source = start.assumingMemoryBound(to: UInt16.self)
    for row in 0..<rows { ck_widen_bf16(columns, source + row * stride, space + row * columns) }
    return MatrixFactor(start: space, stride: columns, isTransposed: isTransposed)
  }
}
