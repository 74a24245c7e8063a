import CLAPACK

extension ColumnMatrix {
  /// `A Aᵀ`, of which only the lower triangle is written, or `Aᵀ A`.
  func gram(transposesFirst: Bool) -> ColumnMatrix {
    LAPACK.prepare()
    let size = transposesFirst ? columns : rows
    var result = ColumnMatrix(rows: size, columns: size)
    var (n, depth) = (Int32(size), Int32(transposesFirst ? rows : columns))
    var (stride, resultStride, one, zero) = (Int32(rows), Int32(size), 1.0, 0.0)
    dsyrk_(
      "L", transposesFirst ? "T" : "N", &n, &depth, &one, entries, &stride, &zero, &result.entries,
      &resultStride, 1, 1)
    return result
  }

  /// `A B` or `Aᵀ B`.
  func product(_ other: ColumnMatrix, transposesFirst: Bool) -> ColumnMatrix {
    LAPACK.prepare()
    let depth = transposesFirst ? rows : columns
    precondition(depth == other.rows, "a product over \(depth) and \(other.rows) entries")
    var result = ColumnMatrix(rows: transposesFirst ? columns : rows, columns: other.columns)
    var (m, n, k) = (Int32(result.rows), Int32(result.columns), Int32(depth))
    var (stride, otherStride, resultStride) = (Int32(rows), Int32(other.rows), m)
    var (one, zero) = (1.0, 0.0)
    dgemm_(
      transposesFirst ? "T" : "N", "N", &m, &n, &k, &one, entries, &stride, other.entries,
      &otherStride, &zero, &result.entries, &resultStride, 1, 1)
    return result
  }

  /// Replaces a symmetric matrix, of which the lower triangle is read, by its eigenvectors.
  /// - Returns: The eigenvalues of the columns, smallest first.
  mutating func diagonalize() -> [Double] {
    LAPACK.prepare()
    precondition(rows == columns, "eigenvectors of \(rows) rows and \(columns) columns")
    var values = [Double](repeating: 0, count: rows)
    var (n, stride, status) = (Int32(rows), Int32(rows), Int32(0))
    var (workSize, integerWorkSize) = (2 * n * n + 6 * n + 1, 5 * n + 3)
    var work = [Double](repeating: 0, count: Int(workSize))
    var integerWork = [Int32](repeating: 0, count: Int(integerWorkSize))
    dsyevd_(
      "V", "L", &n, &entries, &stride, &values, &work, &workSize, &integerWork, &integerWorkSize,
      &status, 1, 1)
    precondition(status == 0, "dsyevd of \(rows) rows fails: \(status)")
    return values
  }

  /// Replaces the columns, of which there are at most as many as rows, by the orthonormal `Q` of
  /// `A = Q R`; Householder reflections give `R` a diagonal of either sign.
  /// - Returns: The diagonal of `R`.
  mutating func orthonormalize() -> [Double] {
    LAPACK.prepare()
    precondition(rows >= columns, "\(columns) orthonormal columns of \(rows) entries")
    var (m, n, stride, status) = (Int32(rows), Int32(columns), Int32(rows), Int32(0))
    var factors = [Double](repeating: 0, count: columns)
    // One float per column is enough; both routines are faster with a block of them.
    var workSize = n * 64
    var work = [Double](repeating: 0, count: Int(workSize))
    dgeqrf_(&m, &n, &entries, &stride, &factors, &work, &workSize, &status)
    precondition(status == 0, "dgeqrf of \([rows, columns]) fails: \(status)")
    let diagonal = (0..<columns).map { entries[$0 * rows + $0] }
    var reflections = n
    dorgqr_(&m, &n, &reflections, &entries, &stride, factors, &work, &workSize, &status)
    precondition(status == 0, "dorgqr of \([rows, columns]) fails: \(status)")
    return diagonal
  }
}
