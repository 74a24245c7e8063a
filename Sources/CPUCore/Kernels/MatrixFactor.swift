import COneDNN

/// A matrix as a product of the library reads it.
struct MatrixFactor {
  let start: UnsafePointer<Float>
  /// Entries from one row to the next, as it is stored.
  let stride: Int
  /// Whether rows and columns change places.
  var isTransposed = false

  fileprivate var letter: CChar { CChar(UInt8(ascii: isTransposed ? "T" : "N")) }
}

/// Writes `scale · a · b` to `result: [rows, columns]`, or adds it to what is there.
/// - Parameter depth: The size that is summed over.
func multiply(
  _ a: MatrixFactor, _ b: MatrixFactor, rows: Int, columns: Int, depth: Int, scale: Float = 1,
  adding: Bool = false, to result: UnsafeMutablePointer<Float>, stride: Int
) {
  guard rows > 0, columns > 0 else { return }
  guard depth > 0 else {
    // A sum of nothing; the library takes no rows without entries.
    if !adding {
      for row in 0..<rows { (result + row * stride).update(repeating: 0, count: columns) }
    }
    return
  }
  let status = dnnl_sgemm(
    a.letter, b.letter, dnnl_dim_t(rows), dnnl_dim_t(columns), dnnl_dim_t(depth), scale, a.start,
    dnnl_dim_t(a.stride), b.start, dnnl_dim_t(b.stride), adding ? 1 : 0, result,
    dnnl_dim_t(stride))
  // What is left are sizes that only our own code can get wrong, and a machine without memory.
  precondition(status == dnnl_success, "a product of [\(rows), \(depth)] fails: \(status)")
}
