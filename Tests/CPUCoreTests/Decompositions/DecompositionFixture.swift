import PeftTensors
import PeftTestSupport

/// `decompositions.json`: singular values and QR, as NumPy and torch computed them.
enum DecompositionFixture {
  static let matrices = Result {
    try Fixture.rows("decompositions.json", at: "matrices", as: Matrix.self, exactly: 16)
  }
  static let factors = Result {
    try Fixture.rows("decompositions.json", at: "qr", as: Factors.self, exactly: 11)
  }

  struct Matrix: Decodable, CustomStringConvertible {
    let name: String
    let shape: [Int]
    let entries: [Float]
    let spectrum: [Double]
    /// The least relative error for every rank from 1 on.
    let errors: [Double]

    var description: String { name }
    var tensor: Tensor { Tensor(entries, shape: shape) }
  }

  /// The first columns of Q and rows of R.
  struct Factors: Decodable, CustomStringConvertible {
    let name: String
    let shape: [Int]
    let rank: Int
    let entries: [Float]
    let q: [Float]
    let r: [Float]

    var description: String { name }
    var tensor: Tensor { Tensor(entries, shape: shape) }
  }
}
