public import PeftTensors

/// The best approximation of a matrix by one of low rank: `M ≈ U Σ Vᵀ`, the leading part of its
/// singular value decomposition.
///
/// Singular vectors of the smaller side are eigenvectors of `M Mᵀ` or `Mᵀ M`, in 64 bits; those of the
/// other side are products with `M`, made orthonormal again, because where a singular value is tiny
/// the product is mostly rounding error. Squares lose half of the digits: singular values are right
/// to some 10⁻⁷ of the largest, which is what the 32 bits of the entries leave, too.
///
/// Of each pair of singular vectors, which may both be negated, the one of the smaller side (of the
/// rows, where the matrix is square) has its entry of largest magnitude above zero.
/// The same matrix gives the same bits on a machine.
/// - SeeAlso: Eckart and Young, "The approximation of one matrix by another of lower rank", 1936.
public struct TruncatedSVD: Sendable {
  /// How many singular values are kept.
  public enum Rank: Hashable, Sendable {
    case exactly(Int)
    /// As few as keep a share of `‖M‖²`, the sum of all squared singular values; above 0, up to 1.
    case keeping(Double)
  }

  /// `U: [rows, k]`, 32-bit floats; its columns are orthonormal.
  public let left: Tensor
  /// The diagonal of `Σ`: the `k` largest singular values, largest first.
  public let values: [Double]
  /// `Vᵀ: [k, columns]`, 32-bit floats; its rows are orthonormal.
  public let right: Tensor
  /// All `min(rows, columns)` singular values, largest first.
  public let spectrum: [Double]

  /// `k`.
  public var rank: Int { values.count }

  /// `‖M − U Σ Vᵀ‖ / ‖M‖` in Frobenius norms, by the singular values left out; 0 for a zero matrix.
  public let relativeError: Double

  /// - Parameter matrix: `M: [rows, columns]`, of any type of real numbers, read as 32-bit floats.
  /// - Throws: `DecompositionError` for what is no matrix, is not finite, or has no such rank.
  /// - Complexity: O(rows · columns · n + n³) for `n = min(rows, columns)`, in 8 · (rows · columns +
  ///   3 n²) bytes.
  public init(of matrix: Tensor, rank: Rank) throws(DecompositionError) {
    let transposed = try ColumnMatrix(transposing: matrix)
    let isWide = matrix.shape[0] <= matrix.shape[1]
    try rank.check(matrix.shape)

    let parts = try LAPACK.run(shape: matrix.shape) {
      Self.decompose(transposed, isWide: isWide, rank)
    }
    left = (isWide ? parts.smaller : parts.larger).tensor()
    right = (isWide ? parts.larger : parts.smaller).transposedTensor()
    let squares = parts.squares
    spectrum = squares.map { $0.squareRoot() }
    values = Array(spectrum.prefix(parts.smaller.columns))
    // Smallest first, so that none is lost beside a larger one.
    let rest = squares.dropFirst(values.count).reversed().reduce(0, +)
    let all = squares.reversed().reduce(0, +)
    relativeError = all > 0 ? (rest / all).squareRoot() : 0
  }

  /// Singular vectors of both sides, and all squared singular values, largest first.
  private static func decompose(
    _ transposed: ColumnMatrix, isWide: Bool, _ rank: Rank
  ) -> (smaller: ColumnMatrix, larger: ColumnMatrix, squares: [Double]) {
    var vectors = transposed.gram(transposesFirst: isWide)
    // Rounding makes eigenvalues that are zero slightly negative.
    let squares = vectors.diagonalize().reversed().map { max(0, $0) }
    let smaller = vectors.last(rank.count(squares: squares))
    var larger = transposed.product(smaller, transposesFirst: !isWide)
    for (column, length) in larger.orthonormalize().enumerated() where length < 0 {
      larger.negate(column: column)
    }
    return (smaller, larger, squares)
  }
}

extension TruncatedSVD.Rank {
  fileprivate func check(_ shape: [Int]) throws(DecompositionError) {
    let limit = min(shape[0], shape[1])
    switch self {
    case .exactly(let rank):
      guard 1...limit ~= rank else {
        throw DecompositionError(.rankOutOfRange(rank, limit: limit), shape: shape)
      }
    case .keeping(let share):
      guard share > 0, share <= 1 else {
        throw DecompositionError(.shareOutOfRange(share), shape: shape)
      }
    }
  }

  /// - Parameter squares: All squared singular values, largest first.
  fileprivate func count(squares: [Double]) -> Int {
    switch self {
    case .exactly(let rank): return rank
    case .keeping(let share):
      let enough = share * squares.reduce(0, +)
      var kept = 0.0
      for (index, square) in squares.enumerated() {
        kept += square
        if kept >= enough { return index + 1 }
      }
      return squares.count
    }
  }
}

extension ColumnMatrix {
  /// The last columns, the very last first, each negated where that makes its entry of largest
  /// magnitude positive.
  fileprivate func last(_ count: Int) -> ColumnMatrix {
    var result = ColumnMatrix(rows: rows, columns: count)
    for column in 0..<count {
      let source = entries[(columns - 1 - column) * rows..<(columns - column) * rows]
      let peak = source.max { $0.magnitude < $1.magnitude } ?? 0
      for (row, entry) in source.enumerated() {
        result.entries[column * rows + row] = peak < 0 ? -entry : entry
      }
    }
    return result
  }
}
