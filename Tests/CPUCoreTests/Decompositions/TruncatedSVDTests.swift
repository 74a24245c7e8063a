import CPUCore
import PeftTensors
import PeftTestSupport
import Testing

@Suite("Truncated singular value decomposition") struct TruncatedSVDTests {
  typealias Matrix = DecompositionFixture.Matrix

  private static let matrices = DecompositionFixture.matrices

  /// `U Σ Vᵀ`.
  private func approximation(_ svd: TruncatedSVD) -> Reals {
    let (left, right) = (Reals(svd.left), Reals(svd.right))
    return Reals(left.shape) { left[$0] * svd.values[$0[1]] } * right
  }

  /// - Parameter tolerance: Of lengths of singular vectors and their products, which are rounded to
  ///   32 bits.
  private func expectConsistent(
    _ svd: TruncatedSVD, _ matrix: Reals, tolerance: Double = 1e-6,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(svd.left.shape == [matrix.shape[0], svd.rank], sourceLocation: sourceLocation)
    #expect(svd.right.shape == [svd.rank, matrix.shape[1]], sourceLocation: sourceLocation)
    #expect(Reals(svd.left).columnDeviation < tolerance, sourceLocation: sourceLocation)
    #expect(Reals(svd.right).transposed.columnDeviation < tolerance, sourceLocation: sourceLocation)
    #expect(svd.values == Array(svd.spectrum.prefix(svd.rank)), sourceLocation: sourceLocation)
    #expect(svd.spectrum == svd.spectrum.sorted(by: >), sourceLocation: sourceLocation)
    let norm = matrix.norm
    let error = norm > 0 ? (matrix - approximation(svd)).norm / norm : 0
    // Vectors in 32 bits leave an error of 10⁻⁷ where none is left out.
    #expect(abs(error - svd.relativeError) < tolerance, sourceLocation: sourceLocation)
  }

  @Test(
    "The approximation of every rank is as near as any, with orthonormal vectors",
    arguments: try matrices.get())
  func everyRank(matrix: Matrix) throws {
    for rank in 1...matrix.spectrum.count {
      let svd = try TruncatedSVD(of: matrix.tensor, rank: .exactly(rank))
      #expect(svd.rank == rank)
      #expect(abs(svd.relativeError - matrix.errors[rank - 1]) < 1e-7)
      expectConsistent(svd, Reals(matrix.tensor))
    }
  }

  @Test("Singular values are right beside the largest", arguments: try matrices.get())
  func spectrum(matrix: Matrix) throws {
    let svd = try TruncatedSVD(of: matrix.tensor, rank: .exactly(1))
    try #require(svd.spectrum.count == matrix.spectrum.count)
    for (found, expected) in zip(svd.spectrum, matrix.spectrum) {
      #expect(abs(found - expected) <= 1e-7 * matrix.spectrum[0])
    }
  }

  @Test(
    "A share of the squares is kept by the smallest rank that can", arguments: try matrices.get())
  func shares(matrix: Matrix) throws {
    // None that equal singular values divide exactly: rounding would decide.
    for share in [1e-9, 0.44, 0.88, 0.999] {
      let svd = try TruncatedSVD(of: matrix.tensor, rank: .keeping(share))
      let smallest = 1 + (matrix.errors.firstIndex { 1 - $0 * $0 >= share } ?? 0)
      #expect(svd.rank == smallest)
      expectConsistent(svd, Reals(matrix.tensor))
    }
  }

  @Test("A share of 1 leaves nothing out, and a zero matrix has rank 1")
  func wholeShare() throws {
    var numbers = RandomNumbers(seed: 3)
    let full = Tensor(numbers.reals([6, 4]), .float32)
    #expect(try TruncatedSVD(of: full, rank: .keeping(1)).rank == 4)
    let zero = Tensor(Reals([6, 4]) { _ in 0 }, .float32)
    #expect(try TruncatedSVD(of: zero, rank: .keeping(1)).rank == 1)
  }

  @Test(
    "Larger matrices, whose blocks the library computes apart",
    arguments: [[50, 70], [70, 50], [60, 60]], [0, 7])
  func larger(shape: [Int], rank: Int) throws {
    var numbers = RandomNumbers(seed: shape[0] + rank)
    let matrix =
      rank == 0
      ? numbers.reals(shape) : numbers.reals([shape[0], rank]) * numbers.reals([rank, shape[1]])
    let tensor = Tensor(matrix, .float32)
    for kept in [5, 50] {
      expectConsistent(try TruncatedSVD(of: tensor, rank: .exactly(kept)), Reals(tensor))
    }
  }

  @Test("Numbers of every real type are read", arguments: [NumberType.float16, .bfloat16])
  func halves(type: NumberType) throws {
    var numbers = RandomNumbers(seed: 9)
    let halves = Tensor(numbers.reals([5, 8]), type)
    let wide = Tensor(halves.floats(), shape: [5, 8])
    let (found, expected) = (
      try TruncatedSVD(of: halves, rank: .exactly(2)), try TruncatedSVD(of: wide, rank: .exactly(2))
    )
    #expect(found.left.floats() == expected.left.floats())
    #expect(found.right.floats() == expected.right.floats())
    #expect(found.spectrum == expected.spectrum)
  }

  @Test("64-bit numbers are read")
  func doubles() throws {
    let entries = [3.0, 0, 0, -4]
    let tensor = Tensor(shape: [2, 2], type: .float64) { bytes in
      entries.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
    let svd = try TruncatedSVD(of: tensor, rank: .exactly(2))
    #expect(svd.spectrum == [4, 3])
    // Of a square matrix, the vectors of the rows have the positive entries.
    #expect(svd.left.floats() == [0, 1, 1, 0])
    #expect(svd.right.floats() == [0, -1, 1, 0])
  }

  @Test("The same matrix gives the same bits")
  func repeatable() throws {
    var numbers = RandomNumbers(seed: 4)
    let matrix = Tensor(numbers.reals([60, 70]), .float32)
    let first = try TruncatedSVD(of: matrix, rank: .exactly(9))
    let second = try TruncatedSVD(of: matrix, rank: .exactly(9))
    #expect(first.left.floats() == second.left.floats())
    #expect(first.right.floats() == second.right.floats())
    #expect(first.spectrum == second.spectrum)
  }
}
