/// How a value's entries lie in memory: rows of the last axis, each without gaps, equally far apart.
///
/// A part of the last axis (one of the values that a split gives) keeps the distance between the
/// rows of the whole, so that nothing needs to be copied.
struct Layout: Hashable, Sendable {
  /// Sizes of the axes, outermost first.
  let shape: [Int]
  /// The size of the last axis; 1 for a scalar.
  let columns: Int
  /// The product of the other sizes.
  let rows: Int
  /// Entries from the start of one row to that of the next.
  let stride: Int

  /// - Precondition: The number of entries fits the machine's integers.
  init(_ shape: [Int], stride: Int? = nil) {
    self.shape = shape
    columns = shape.last ?? 1
    rows = shape.dropLast().reduce(1, *)
    self.stride = stride ?? columns
  }

  var count: Int { rows * columns }
  var isContiguous: Bool { stride == columns || rows <= 1 }
}
