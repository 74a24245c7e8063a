public import PeftTensors

/// The first columns of `Q` and the first rows of `R`, of the Householder QR `M = Q R` of a matrix.
///
/// Signs are those of LAPACK and of `torch.linalg.qr`: a reflection maps what is left of a column
/// to `−sign(α) ‖x‖`, where `α` is its first entry, so that `R`'s diagonal may be negative. Computed
/// in 64 bits; where a column depends on those before it, its `Q` is any orthonormal one.
public struct LeadingQR: Sendable {
  /// The first columns of `Q: [rows, rank]`, 32-bit floats; they are orthonormal.
  public let q: Tensor
  /// The first rows of `R: [rank, columns]`, 32-bit floats, with zeros below the diagonal.
  public let r: Tensor

  /// - Parameter matrix: `M: [rows, columns]`, of any type of real numbers, read as 32-bit floats.
  /// - Parameter rank: From 1 to `min(rows, columns)`.
  /// - Throws: `DecompositionError` for what is no matrix, is not finite, or has no such rank.
  /// - Complexity: O(rows · columns · rank).
  public init(of matrix: Tensor, rank: Int) throws(DecompositionError) {
    let transposed = try ColumnMatrix(transposing: matrix)
    let limit = min(matrix.shape[0], matrix.shape[1])
    guard 1...limit ~= rank else {
      throw DecompositionError(.rankOutOfRange(rank, limit: limit), shape: matrix.shape)
    }
    (q, r) = try LAPACK.run(shape: matrix.shape) {
      // Later columns change neither: a reflection depends on its own column and those before it.
      var orthonormal = transposed.transposed(firstColumns: rank)
      _ = orthonormal.orthonormalize()
      // `Rᵀ = Mᵀ Q`, but for rounding below the diagonal of `R`.
      var triangle = transposed.product(orthonormal, transposesFirst: false)
      for row in 0..<rank {
        for column in 0..<row { triangle.entries[row * triangle.rows + column] = 0 }
      }
      return (orthonormal.tensor(), triangle.transposedTensor())
    }
  }
}
