import Foundation
import PeftTensors

/// `decompositions.json`: singular values and QR, as NumPy and torch computed them.
struct DecompositionFixture: Decodable {
  let matrices: [Matrix]
  let qr: [Factors]

  static let recorded = try? JSONDecoder().decode(
    DecompositionFixture.self,
    from: Data(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/decompositions.json")))

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
