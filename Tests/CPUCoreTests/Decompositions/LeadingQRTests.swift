import CPUCore
import PeftTensors
import PeftTestSupport
import Testing

@Suite("Leading part of a QR decomposition") struct LeadingQRTests {
  typealias Factors = DecompositionFixture.Factors

  @Test(
    "Q and R are those of torch, signs included",
    arguments: try DecompositionFixture.factors.get())
  func torch(expected: Factors) throws {
    let (rows, columns, rank) = (expected.shape[0], expected.shape[1], expected.rank)
    let found = try LeadingQR(of: expected.tensor, rank: rank)
    #expect(found.q.shape == [rows, rank])
    #expect(found.r.shape == [rank, columns])
    let q = Reals(expected.q.map(Double.init), shape: [rows, rank])
    let r = Reals(expected.r.map(Double.init), shape: [rank, columns])
    // torch computes in 32 bits: some units in the last place for each reflection.
    #expect((Reals(found.q) - q).largest < 1e-5)
    #expect((Reals(found.r) - r).largest <= 1e-5 * r.largest)
    #expect(Reals(found.q).columnDeviation < 1e-6)
  }

  @Test(
    "R is zero below the diagonal, and Q R is the matrix", arguments: [[9, 5], [5, 9], [7, 7]])
  func product(shape: [Int]) throws {
    var numbers = RandomNumbers(seed: shape[0])
    let matrix = numbers.reals(shape)
    let factors = try LeadingQR(of: Tensor(matrix, .float32), rank: 5)
    let (q, r) = (Reals(factors.q), Reals(factors.r))
    for row in 0..<5 {
      for column in 0..<row { #expect(r[row, column] == 0) }
    }
    // As many columns as reflections are the matrix's own.
    let rest = matrix - q * r
    #expect(Reals([shape[0], 5]) { rest[$0] }.largest < 1e-6)
  }

  @Test("Columns that depend on those before them still give orthonormal ones")
  func dependentColumns() throws {
    var numbers = RandomNumbers(seed: 6)
    let matrix = numbers.reals([8, 2]) * numbers.reals([2, 6])
    let factors = try LeadingQR(of: Tensor(matrix, .float32), rank: 6)
    #expect(Reals(factors.q).columnDeviation < 1e-6)
    #expect((matrix - Reals(factors.q) * Reals(factors.r)).largest < 1e-6)
  }
}
