import PeftTensors

/// A matrix as LAPACK has it: 64-bit floats in column-major order.
struct ColumnMatrix {
  let rows: Int
  let columns: Int
  var entries: [Double]

  init(rows: Int, columns: Int, entries: [Double]) {
    precondition(
      entries.count == rows * columns, "\(entries.count) entries do not fill \([rows, columns])")
    self.rows = rows
    self.columns = columns
    self.entries = entries
  }

  init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, entries: Array(repeating: 0, count: rows * columns))
  }

  /// A tensor `[columns, rows]`, transposed: the order of its entries stays.
  init(transposing matrix: Tensor) throws(DecompositionError) {
    try Self.check(matrix.shape, matrix.type)
    let (rows, columns) = (matrix.shape[1], matrix.shape[0])
    let floats = matrix.floats()
    if let place = floats.firstIndex(where: { !$0.isFinite }) {
      throw DecompositionError(
        .notFinite(row: place / rows, column: place % rows), shape: matrix.shape)
    }
    self.init(rows: rows, columns: columns, entries: floats.map(Double.init))
  }

  /// The largest number of rows, where there are more columns, or of columns: LAPACK's counts have
  /// 32 bits, and eigenvectors of so many rows take `2 n² + 6 n + 1` floats of working memory.
  static let largestSide = 32_766

  static func check(_ shape: [Int], _ type: NumberType) throws(DecompositionError) {
    guard type.isFloatingPoint else { throw DecompositionError(.notReal(type), shape: shape) }
    guard shape.count == 2 else { throw DecompositionError(.notAMatrix, shape: shape) }
    guard !shape.contains(0) else { throw DecompositionError(.noEntries, shape: shape) }
    guard min(shape[0], shape[1]) <= largestSide, max(shape[0], shape[1]) <= Int32.max else {
      throw DecompositionError(.tooLarge(limit: largestSide), shape: shape)
    }
  }

  /// The entries as 32-bit floats `[columns, rows]`, in the same order.
  func transposedTensor() -> Tensor {
    Tensor(entries.map { Float($0) }, shape: [columns, rows])
  }

  /// The entries as 32-bit floats `[rows, columns]`.
  func tensor() -> Tensor { transposed(firstColumns: rows).transposedTensor() }

  /// The first columns of the transposed matrix.
  func transposed(firstColumns count: Int) -> ColumnMatrix {
    var result = ColumnMatrix(rows: columns, columns: count)
    for column in 0..<count {
      for row in 0..<columns {
        result.entries[column * columns + row] = entries[row * rows + column]
      }
    }
    return result
  }

  mutating func negate(column: Int) {
    for place in column * rows..<(column + 1) * rows { entries[place].negate() }
  }
}
