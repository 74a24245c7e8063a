import ModelGraph

/// A matrix as a dense product reads it.
struct MatrixFactor {
  let start: UnsafeRawPointer
  /// The type of its entries.
  let element: ElementType
  /// Entries from one row to the next, as it is stored: its columns, or more where it is part of another.
  let stride: Int
  /// Whether rows and columns change places.
  let isTransposed: Bool

  init(start: UnsafePointer<Float>, stride: Int, isTransposed: Bool = false) {
    self.init(
      start: UnsafeRawPointer(start), element: .float32, stride: stride,
      isTransposed: isTransposed)
  }

  init(start: UnsafeRawPointer, element: ElementType, stride: Int, isTransposed: Bool = false) {
    self.start = start
    self.element = element
    self.stride = stride
    self.isTransposed = isTransposed
  }

  /// The same with rows and columns in each other's places.
  var transposed: MatrixFactor {
    MatrixFactor(start: start, element: element, stride: stride, isTransposed: !isTransposed)
  }

  /// A part of a view that begins at a row and a column.
  init(_ view: NumberView, row: Int = 0, column: Int = 0, isTransposed: Bool = false) {
    let entry = row * view.stride + column
    self.init(
      start: UnsafeRawPointer(view.address) + entry * view.element.byteCount,
      element: view.element, stride: view.stride, isTransposed: isTransposed)
  }
}

/// A product for a library: `scale · a · b`, written to `result: [rows, columns]` or added to what is there. No
/// size is zero.
struct Multiplication {
  var a: MatrixFactor
  var b: MatrixFactor
  let rows: Int
  let columns: Int
  /// The size that is summed over.
  let depth: Int
  var scale: Float
  var adding: Bool
  var result: UnsafeMutablePointer<Float>
  /// Entries from one row of the result to the next.
  var stride: Int
}

/// Writes `scale · a · b` to `result: [rows, columns]`, or adds it to what is there.
///
/// Every dense product of this package is made here, by the library that this build has (`ProductLibrary`). It
/// runs on a worker thread alone, by that thread alone: libraries move the stack pointer into the heap, where no
/// signal handler may run.
/// - Parameter depth: The size that is summed over.
func multiply(
  _ a: MatrixFactor, _ b: MatrixFactor, rows: Int, columns: Int, depth: Int, scale: Float = 1,
  adding: Bool = false, to result: UnsafeMutablePointer<Float>, stride: Int
) {
  guard let products = WorkerThread.products else {
    preconditionFailure("a product runs on a worker thread")
  }
  guard rows > 0, columns > 0 else { return }
  guard depth > 0 else {
    // A sum of nothing; the libraries take no rows without entries.
    if !adding {
      for row in 0..<rows { (result + row * stride).update(repeating: 0, count: columns) }
    }
    return
  }
  let product = Multiplication(
    a: a, b: b, rows: rows, columns: columns, depth: depth, scale: scale, adding: adding,
    result: result, stride: stride)
  if product.hasFewRows {
    product.multiplyFewRows(in: products.space)
    return
  }
  switch (a.element, b.element) {
  case (.float32, .float32): products.multiplySingles(product)
  case (.bfloat16, .bfloat16): products.multiplyHalves(product)
  default: preconditionFailure("there is no product of \(a.element) and \(b.element)")
  }
}
