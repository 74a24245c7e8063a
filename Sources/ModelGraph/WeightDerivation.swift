/// How a fresh tensor is computed from the weight of its module, as a matrix `[out, in]`.
public enum WeightDerivation: Hashable, Sendable {
  /// A factor of a product of two.
  public enum Side: Hashable, Sendable {
    /// The first one, `[out, rank]`.
    case left
    /// The second one, `[rank, in]`.
    case right
  }

  /// The largest singular values' vectors, each times the root of its value over `scale`, so that
  /// the product of both sides is the weight's best approximation of that rank over `scale`.
  case singular(Side, rank: Int, scale: Double)
  /// The first columns of Q, or the first rows of R, of the weight's QR decomposition.
  case orthonormal(Side, rank: Int)
  /// The initial Euclidean norm of every row of what the update divides by such norms.
  case rowLengths
}

/// One of two random factors whose product is zero: the rows of a random orthogonal matrix
/// `[rank, rank]` are split between them, odd ones for the right factor, even ones for the left,
/// and each half is multiplied with a normal random matrix and divided by ten.
///
/// The right factor `[rank, in]` is drawn first, and with it the matrix that both share.
public struct OrthogonalFactor: Hashable, Sendable {
  public let side: WeightDerivation.Side
  public let rank: Int

  public init(_ side: WeightDerivation.Side, rank: Int) {
    self.side = side
    self.rank = rank
  }
}
