import PeftTensors
import Testing

@testable import CPUCore

@Suite("Matrices that cannot be decomposed") struct DecompositionErrorTests {
  private func expect(
    _ description: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) {
    let error = #expect(throws: DecompositionError.self, sourceLocation: sourceLocation) {
      try body()
    }
    #expect(error?.description == description, sourceLocation: sourceLocation)
  }

  /// Both decompositions refuse what is no matrix in the same words.
  private func expectBoth(
    _ description: String, _ matrix: Tensor, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expect(description, sourceLocation: sourceLocation) {
      _ = try TruncatedSVD(of: matrix, rank: .exactly(1))
    }
    expect(description, sourceLocation: sourceLocation) { _ = try LeadingQR(of: matrix, rank: 1) }
  }

  private static let matrix = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])

  @Test("A rank must be from 1 to the smaller side", arguments: [0, -1, Int.min, 3, Int.max])
  func rank(rank: Int) {
    let description = """
      matrix [2, 3]: it has no decomposition of rank \(rank)
        fix: choose a rank from 1 to 2
      """
    expect(description) { _ = try TruncatedSVD(of: Self.matrix, rank: .exactly(rank)) }
    expect(description) { _ = try LeadingQR(of: Self.matrix, rank: rank) }
  }

  @Test("A share must be above 0, up to 1", arguments: [0, -0.5, 1.5, Double.infinity, Double.nan])
  func share(share: Double) {
    expect(
      "matrix [2, 3]: \(share) is no share of it to keep\n  fix: choose a number above 0, up to 1"
    ) { _ = try TruncatedSVD(of: Self.matrix, rank: .keeping(share)) }
  }

  @Test(
    "The first entry that is not finite is named",
    arguments: [Float.infinity, -Float.infinity, Float.nan])
  func notFinite(entry: Float) {
    expectBoth(
      """
      matrix [2, 3]: its entry in row 1, column 0 is inf or NaN in 32 bits
        fix: load a checkpoint without inf and NaN
      """, Tensor([1, 2, 3, entry, 5, .nan] as [Float], shape: [2, 3]))
  }

  @Test("What is no matrix, has no entries or is no real number is refused")
  func noMatrix() {
    expectBoth(
      "matrix [6]: it has 1 axes\n  fix: give rows and columns", Self.matrix.reshaped([6]))
    expectBoth(
      "matrix [1, 2, 3]: it has 3 axes\n  fix: give rows and columns",
      Self.matrix.reshaped([1, 2, 3]))
    expectBoth(
      "matrix [0, 3]: it has no entries\n  fix: give at least one row and one column",
      Tensor([] as [Float], shape: [0, 3]))
    expectBoth(
      "matrix [1, 2]: it is made of I64\n  fix: give real numbers", Tensor([1, 2], shape: [1, 2]))
  }

  @Test("A matrix whose working memory 32 bits cannot count is refused")
  func tooLarge() throws {
    expect(
      """
      matrix [40000, 32767]: it is too large to decompose
        fix: give at most 32766 rows or at most 32766 columns
      """
    ) { try ColumnMatrix.check([40000, 32767], .float32) }
    expect(
      """
      matrix [1, 2147483648]: it is too large to decompose
        fix: give at most 32766 rows or at most 32766 columns
      """
    ) { try ColumnMatrix.check([1, 1 << 31], .float32) }
    try ColumnMatrix.check([40000, 32766], .float32)
    let largest = ColumnMatrix.largestSide
    #expect(2 * largest * largest + 6 * largest + 1 <= Int32.max)
  }
}
