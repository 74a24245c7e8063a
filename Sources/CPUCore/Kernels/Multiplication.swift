import COneDNN
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

/// Writes `scale · a · b` to `result: [rows, columns]`, or adds it to what is there.
///
/// Every dense product of this package is made here: what it is computed by depends on the types of the
/// factors, and each such way is a file. It runs on a worker thread alone, by that thread alone: the libraries
/// move the stack pointer into the heap, where no signal handler may run.
/// - Parameter depth: The size that is summed over.
func multiply(
  _ a: MatrixFactor, _ b: MatrixFactor, rows: Int, columns: Int, depth: Int, scale: Float = 1,
  adding: Bool = false, to result: UnsafeMutablePointer<Float>, stride: Int
) {
  precondition(WorkerThread.isCurrent, "a product runs on a worker thread")
  guard rows > 0, columns > 0 else { return }
  guard depth > 0 else {
    // A sum of nothing; the libraries take no rows without entries.
    if !adding {
      for row in 0..<rows { (result + row * stride).update(repeating: 0, count: columns) }
    }
    return
  }
  switch (a.element, b.element) {
  case (.float32, .float32):
    multiplySingles(
      a, b, rows: rows, columns: columns, depth: depth, scale: scale, adding: adding, to: result,
      stride: stride)
  case (.bfloat16, .bfloat16):
    WorkerThread.products?.multiply(
      a, b, rows: rows, columns: columns, depth: depth, scale: scale, adding: adding, to: result,
      stride: stride)
  default: preconditionFailure("there is no product of \(a.element) and \(b.element)")
  }
}

/// The product of 32-bit floats.
func multiplySingles(
  _ a: MatrixFactor, _ b: MatrixFactor, rows: Int, columns: Int, depth: Int, scale: Float,
  adding: Bool, to result: UnsafeMutablePointer<Float>, stride: Int
) {
  func letter(_ factor: MatrixFactor) -> CChar {
    CChar(UInt8(ascii: factor.isTransposed ? "T" : "N"))
  }
  let status = dnnl_sgemm(
    letter(a), letter(b), dnnl_dim_t(rows), dnnl_dim_t(columns), dnnl_dim_t(depth), scale,
    a.start.assumingMemoryBound(to: Float.self), dnnl_dim_t(a.stride),
    b.start.assumingMemoryBound(to: Float.self), dnnl_dim_t(b.stride), adding ? 1 : 0, result,
    dnnl_dim_t(stride))
  // Other errors are wrong sizes, which would be a fault of our own code, or a lack of memory.
  precondition(status == dnnl_success, "a product of [\(rows), \(depth)] fails: \(status)")
}
