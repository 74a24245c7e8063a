import ModelGraph
import PeftTestSupport
import Testing

/// `random.json`: what torch and PEFT drew.
enum RandomFixture {
  static let draws = Result {
    try Fixture.rows("random.json", at: "draws", as: Sequence.self, exactly: 15)
  }
  static let bases = Result {
    try Fixture.rows("random.json", at: "bases", as: Bases.self, exactly: 48)
  }

  /// Draws from one generator, one after the other.
  struct Sequence: Decodable, CustomStringConvertible {
    let seed: Int
    let draws: [Draw]
    /// The low 24 bits of the words that come next.
    let following: [UInt32]

    var description: String { "\(draws) from \(seed)" }
  }

  struct Draw: Decodable, CustomStringConvertible {
    enum Kind: String, Decodable { case normal, uniform }

    let kind: Kind
    let parameters: [Float]
    let shape: [Int]
    let sha256: String
    let first: [Float]

    var description: String { "\(kind) \(parameters) \(shape)" }
  }

  /// RandLora's two bases for one linear module.
  struct Bases: Decodable, CustomStringConvertible {
    let outputs: Int
    let inputs: Int
    let r: Int
    let key: Int
    let kind: Kind
    let generation: String
    let a: Basis
    let b: Basis

    enum Kind: String, Decodable {
      case dense, sparse
      case verySparse = "very_sparse"
    }

    private enum CodingKeys: String, CodingKey {
      case outputs, inputs, r, key, kind, generation
      case a = "A"
      case b = "B"
    }

    var description: String {
      "\(kind.rawValue) [\(outputs), \(inputs)] r \(r), key \(key), \(generation)"
    }

    var d: Int { min(outputs, inputs) }

    /// A's rule and B's, as RandLora states them.
    func rules() throws -> (a: RandomBasis, b: RandomBasis) {
      let generation = try #require(TorchGeneration(rawValue: generation))
      func rule(fan: Int, blocks: Int, after words: Int) -> RandomBasis {
        let distribution: RandomBasis.Distribution =
          switch kind {
          case .sparse: .ternary(sparsity: 3)
          case .verySparse: .ternary(sparsity: Double(d).squareRoot())
          case .dense: .kaimingUniform(fan: fan, blocks: blocks)
          }
        return RandomBasis(
          key: key, precedingWords: words, distribution: distribution,
          generation: generation)
      }
      return (
        rule(fan: d, blocks: 1, after: 0), rule(fan: r, blocks: b.shape[1], after: r * d)
      )
    }
  }

  struct Basis: Decodable {
    let shape: [Int]
    /// Nil where PEFT divided by a standard deviation that is zero or does not exist.
    let sha256: String?
    let first: [Float]?
  }
}
